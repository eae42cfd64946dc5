import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { CLAIM_TYPE } from 'heed';

interface Output {
  readonly output_type: string;
  readonly data?: Readonly<Record<string, unknown>>;
}
interface Cell {
  readonly cell_type: string;
  readonly id: string;
  readonly source: string | readonly string[];
  readonly execution_count?: number | null;
  readonly outputs?: readonly Output[];
  readonly metadata: {
    readonly nbgrader?: { readonly solution: boolean; readonly grade: boolean; readonly points?: number };
  };
}

const folder = resolve(import.meta.dirname, '../../notebooks');
const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));

test('there are lessons', () => assert.ok(names.length > 0));

for (const name of names) {
  const text = readFileSync(join(folder, name), 'utf8');
  const notebook = JSON.parse(text) as {
    nbformat: number;
    nbformat_minor: number;
    cells: Cell[];
    metadata: { kernelspec: { name: string } };
  };
  const code = notebook.cells.filter((cell) => cell.cell_type === 'code');
  const source = (cell: Cell) => (typeof cell.source === 'string' ? cell.source : cell.source.join(''));

  test(`${name}: nbformat 4.5 for the heed kernel, ids of its own, under 1 MB`, () => {
    assert.deepEqual(
      [notebook.nbformat, notebook.nbformat_minor, notebook.metadata.kernelspec.name],
      [4, 5, 'heed'],
    );
    assert.equal(new Set(notebook.cells.map(({ id }) => id)).size, notebook.cells.length);
    assert.ok(notebook.cells.every(({ id }) => /^[a-z][a-z0-9-]{1,40}$/.test(id)));
    assert.ok(statSync(join(folder, name)).size < 1_000_000);
  });

  test(`${name}: stored as one whole run without an error, each claim holding`, () => {
    assert.deepEqual(
      code.map((cell) => cell.execution_count),
      code.map((_, i) => i + 1),
    );
    const outputs = code.flatMap((cell) => cell.outputs ?? []);
    assert.deepEqual(
      outputs.filter(({ output_type }) => output_type === 'error'),
      [],
    );
    const claims = outputs.flatMap(({ data }) =>
      data?.[CLAIM_TYPE] ? [data[CLAIM_TYPE] as { holds: boolean; name: string }] : [],
    );
    assert.ok(claims.length >= 5, `${claims.length} claims`);
    assert.deepEqual(
      claims.filter(({ holds }) => !holds),
      [],
    );
  });

  test(`${name}: no paths of a machine, no times of a run`, () => {
    assert.doesNotMatch(text, /\/(?:home|Users|root|work|tmp)\//);
    assert.doesNotMatch(text, /"(?:iopub\.|shell\.)[a-z_.]+"/);
    assert.doesNotMatch(text, /\b\d+\/\d+ in \d+\.\d s\b/);
  });

  test(`${name}: every figure has a still picture with words for those who cannot see it`, () => {
    for (const { data } of code.flatMap((cell) => cell.outputs ?? [])) {
      if (!data?.['application/vnd.plotly.v1+json']) continue;
      assert.ok(data['image/png'], 'a still picture');
      assert.ok(String(data['text/plain']).length > 20, 'a sentence');
    }
  });

  test(`${name}: three exercises or more, each with a solution to take out and checks that give points`, () => {
    const solutions = code.filter((cell) => cell.metadata.nbgrader?.solution);
    const tests = code.filter((cell) => cell.metadata.nbgrader?.grade);
    assert.ok(solutions.length >= 3 && tests.length >= 3);
    for (const cell of solutions) assert.match(source(cell), /BEGIN SOLUTION[\s\S]+END SOLUTION/);
    for (const cell of tests) {
      const { points } = cell.metadata.nbgrader!;
      assert.match(source(cell), new RegExp(`points\\(${points}, \\[`));
      const earned = cell.outputs?.find(({ output_type }) => output_type === 'execute_result')?.data?.[
        'text/plain'
      ];
      assert.equal(
        Number([earned].flat().join('')),
        points,
        `the stored solution of ${cell.id} earns all its points`,
      );
    }
  });
}
