import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { jupyter } from './environment.js';

// biome-ignore lint/suspicious/noExplicitAny: the fields of a notebook that a test looks at.
type Notebook = any;

function write(path: string, cells: readonly { source: string; tags?: readonly string[] }[]): void {
  const kernelspec = { name: 'heed', display_name: 'TypeScript (Heed)', language: 'typescript' };
  const notebook = {
    cells: cells.map(({ source, tags = [] }, index) => ({
      cell_type: 'code',
      id: `cell-${index}`,
      source,
      metadata: { tags },
      execution_count: null,
      outputs: [],
    })),
    metadata: { kernelspec, language_info: { name: 'typescript', file_extension: '.ts' } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(path, JSON.stringify(notebook));
}
const outputs = (notebook: Notebook) => notebook.cells.map((cell: Notebook) => cell.outputs);

test('nbclient runs a notebook by nbconvert: outputs, an error that is let through, and a page', async (t) => {
  const here = await jupyter(t, ['nbconvert', 'nbclient']);
  if (!here) return;
  write(join(here.folder, 'small.ipynb'), [
    { source: "const word: string = 'seen';\nconsole.log(word);\nword.length" },
    { source: "throw new RangeError('meant')", tags: ['raises-exception'] },
    { source: "display({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>bold</b>' }) });" },
    { source: '({ a: [1, 2] })' },
  ]);
  const convert = (...args: string[]) => here.run(['-m', 'nbconvert', '--execute', ...args, 'small.ipynb']);
  await convert('--to', 'notebook', '--output', 'ran.ipynb');
  const ran: Notebook = JSON.parse(readFileSync(join(here.folder, 'ran.ipynb'), 'utf8'));
  const [first, second, third, fourth] = outputs(ran);
  assert.deepEqual(
    first.map((output: Notebook) => output.output_type),
    ['stream', 'execute_result'],
  );
  assert.deepEqual(
    [second[0].output_type, second[0].ename, second[0].evalue],
    ['error', 'RangeError', 'meant'],
  );
  assert.equal([third[0].data['text/html']].flat().join(''), '<b>bold</b>');
  assert.equal([fourth[0].data['text/plain']].flat().join(''), '{ a: [ 1, 2 ] }');
  assert.deepEqual(
    ran.cells.map((cell: Notebook) => cell.execution_count),
    [1, 2, 3, 4],
  );
  await convert('--to', 'html', '--output', 'page.html');
  const page = readFileSync(join(here.folder, 'page.html'), 'utf8');
  for (const part of ['seen', 'RangeError', '<b>bold</b>']) assert.ok(page.includes(part), part);
  // The source is coloured as TypeScript: its keyword has a class of its own.
  assert.match(page, /<span class="k[dr]?">const<\/span>/);
});

test('an error that is not let through fails nbclient and names itself', async (t) => {
  const here = await jupyter(t, ['nbconvert', 'nbclient']);
  if (!here) return;
  write(join(here.folder, 'bad.ipynb'), [{ source: "throw new RangeError('unmeant')" }, { source: '1' }]);
  const { code, text } = await here.run(['-m', 'nbconvert', '--execute', '--to', 'notebook', 'bad.ipynb'], {
    mayFail: true,
  });
  assert.notEqual(code, 0);
  assert.match(text, /RangeError: unmeant/);
});

/** What papermill lacks for TypeScript: values as literals, declared by let so that they can be redefined. */
const translator = `
import json, sys
import papermill
from papermill.translators import Translator, papermill_translators

class TypeScript(Translator):
    @classmethod
    def translate_none(cls, val): return "null"
    @classmethod
    def translate_str(cls, val): return json.dumps(val)
    @classmethod
    def translate_list(cls, val): return "[" + ", ".join(cls.translate(v) for v in val) + "]"
    @classmethod
    def translate_dict(cls, val): return "{" + ", ".join(json.dumps(str(k)) + ": " + cls.translate(v) for k, v in val.items()) + "}"
    @classmethod
    def comment(cls, text): return ("// " + text).strip()
    @classmethod
    def assign(cls, name, text): return f"let {name} = {text};"
    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        return super().codify(parameters, comment)

papermill_translators.register("typescript", TypeScript)
papermill.execute_notebook("source.ipynb", "result.ipynb", progress_bar=False,
    parameters={"units": 64, "rate": 0.5, "name": "it's \\"so\\"", "deep": {"list": [1, None, True]}})
`;

test('papermill runs a notebook with parameters, with a translator for TypeScript of twenty lines', async (t) => {
  const here = await jupyter(t, ['papermill']);
  if (!here) return;
  write(join(here.folder, 'source.ipynb'), [
    { source: "let units = 1, rate = 1, name = '', deep: unknown;", tags: ['parameters'] },
    { source: 'console.log(JSON.stringify([units * rate, name, deep]))' },
  ]);
  const bare = await here.run(
    ['-m', 'papermill', 'source.ipynb', 'none.ipynb', '-p', 'units', '64', '--no-progress-bar'],
    { mayFail: true },
  );
  assert.match(
    bare.text,
    /No parameter translator functions specified for kernel 'heed' or language 'typescript'/,
  );
  await here.run(['-c', translator]);
  const ran: Notebook = JSON.parse(readFileSync(join(here.folder, 'result.ipynb'), 'utf8'));
  assert.equal(ran.cells[1].metadata.tags[0], 'injected-parameters');
  const printed = [outputs(ran)[2][0].text].flat().join('');
  assert.deepEqual(JSON.parse(printed), [32, 'it\'s "so"', { list: [1, null, true] }]);
});
