import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createConverter, createNodeHost } from '../../../kernel/src/convert/index.js';
import { folder, Notebook } from './notebook.js';

const place = folder({ 'helper.ts': 'export const help = 1;\n' });
const converter = createConverter(createNodeHost(place.path), {
  globals: '/** Shows a value. */ declare function show(value: unknown): void;',
});
const notebook = new Notebook(converter, place.path);
const names = (source: string, position = source.length): string[] =>
  converter.complete(source, position, notebook.declarations).candidates.map(({ text }) => text);

describe('the language service', () => {
  before(async () => {
    await notebook.value(
      '/** Counts.\n * @param by step */\nfunction count(by: number) { return { total: by, first: 1 }; } const made = count(2); let counter = 0;',
    );
  });
  after(() => {
    converter.close();
    place.remove();
  });

  it('completes names and members of earlier cells and of the cell itself', () => {
    assert.deepEqual(names('const own = made.'), ['first', 'total']);
    assert.deepEqual(names('coun').slice(0, 2), ['count', 'counter']);
    assert.deepEqual(names('const local = { alpha: 1 };\nlocal.'), ['alpha']);
    assert.deepEqual(names('if (true) { made.to }', 19), ['total']);
    assert.deepEqual(names('show'), ['show']);
  });

  it('says what a completion replaces', () => {
    const { start, end } = converter.complete('1 + coun + 1', 8, notebook.declarations);
    assert.deepEqual([start, end], [4, 8]);
  });

  it('completes import paths', () => {
    assert.ok(names("import { help } from './hel").includes('helper'));
    assert.ok(names("import fs from 'node:fs/pro").some((name) => name.endsWith('promises')));
  });

  it('inspects with documentation, in an open call too', () => {
    const at = converter.inspect('counter; count(1)', 11, notebook.declarations)!;
    assert.match(at.signature, /count\(by: number\): \{/);
    assert.equal(at.documentation, 'Counts.\n\n@param by step');
    assert.deepEqual([at.start, at.length], [9, 5]);
    assert.match(
      converter.inspect('Math.floor', 7, notebook.declarations)!.signature,
      /floor\(x: number\): number/,
    );
    assert.match(converter.inspect('count(', 6, notebook.declarations)!.signature, /count\(by: number\)/);
    assert.match(converter.inspect('show', 2, notebook.declarations)!.documentation, /Shows a value/);
    assert.equal(converter.inspect('', 0, notebook.declarations), undefined);
  });

  it('tells complete, incomplete and invalid cells apart', () => {
    const status = (source: string): string => converter.isComplete(source).status;
    for (const whole of [
      '1 + 1',
      'await (x)',
      'for await (const x of y) {}',
      'type T = string',
      "import a from 'b'",
      '',
      'using r = f()',
    ])
      assert.equal(status(whole), 'complete', whole);
    for (const part of [
      'function f() {',
      'f(',
      'a +',
      'const x =',
      '`open',
      '/* open',
      'made.',
      'if (a)',
      'class A {\n  m() {\n',
    ])
      assert.equal(status(part), 'incomplete', part);
    for (const wrong of ['let x = )', "'open", '1 2', 'const const = 1', '}'])
      assert.equal(status(wrong), 'invalid', wrong);
    assert.deepEqual(converter.isComplete('for (;;) {\n  f(['), { status: 'incomplete', indent: '    ' });
  });
});
