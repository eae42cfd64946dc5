import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseParameter, withParameters } from '../../../kernel/src/run/parameters.js';
import { code, notebookOf } from './support.js';

const notebook = notebookOf([
  code('before'),
  code('let epochs = 9; let name = "x";', ['parameters']),
  code('after'),
]);
const into = { language: 'typescript', name: 'lesson.ipynb' };

test('values are typed by how they are written', () => {
  const cases: [string, unknown][] = [
    ['3', 3],
    ['-1e-3', -0.001],
    ['true', true],
    ['[1, 2]', [1, 2]],
    ['"3"', '3'],
    ['wasm', 'wasm'],
    ['', ''],
  ];
  for (const [text, value] of cases) assert.deepEqual(parseParameter(text), value);
});

test('a cell that sets the values follows the tagged one; a second time replaces it', () => {
  const once = withParameters(notebook, { epochs: 3, name: 'a"b' }, into);
  assert.deepEqual(
    once.cells.map((cell) => cell.source),
    ['before', notebook.cells[1]!.source, '// Parameters\nlet epochs = 3;\nlet name = "a\\"b";', 'after'],
  );
  const twice = withParameters(once, { epochs: 4 }, into);
  assert.equal(twice.cells.length, 4);
  assert.match(twice.cells[2]!.source, /epochs = 4/);
  assert.equal(notebook.cells.length, 3, 'the given notebook is unchanged');
});

test('Python gets its own literals', () => {
  const { cells } = withParameters(
    notebook,
    { epochs: [true, null, { a: 1 }] },
    { ...into, language: 'python' },
  );
  assert.equal(cells[2]!.source, '# Parameters\nepochs = [True, None, {"a": 1}]');
});

test('a parameter that would change nothing is an error', () => {
  assert.throws(() => withParameters(notebook, { epoch: 3 }, into), /has no epoch.*let epochs = 9/s);
  assert.throws(() => withParameters(notebook, { 'a b': 3 }, into), /not a name/);
  assert.throws(
    () => withParameters(notebookOf([code('1')]), { epochs: 3 }, into),
    /no cell is tagged "parameters"/,
  );
  assert.throws(() => withParameters(notebook, { epochs: 3 }, { ...into, language: 'apl' }), /not in apl/);
});
