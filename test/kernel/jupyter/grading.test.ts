import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Jupyter, jupyter, root } from './environment.js';

interface Cell {
  readonly cell_type: 'code';
  readonly id: string;
  source: string;
  readonly metadata: { readonly nbgrader: Record<string, unknown> };
  readonly execution_count: null;
  readonly outputs: readonly [];
}
interface Notebook {
  readonly cells: readonly Cell[];
}

function cell(id: string, source: string, kind: { solution?: boolean; points?: number }): Cell {
  const { solution = false, points } = kind;
  const grade = points === undefined ? { grade: false } : { grade: true, points };
  const nbgrader = { schema_version: 3, grade_id: id, solution, locked: !solution, task: false, ...grade };
  return { cell_type: 'code', id, source, metadata: { nbgrader }, execution_count: null, outputs: [] };
}

/** As a teacher writes it: two functions to write, the first marked in four parts, the second as a whole. */
const exercise = [
  cell('imports', "import assert from 'node:assert/strict';\nimport { check, points } from 'heed';", {}),
  cell(
    'softmax',
    `/** Probabilities from scores; large scores must not overflow. */
function softmax(scores: readonly number[]): number[] {
  /// BEGIN SOLUTION
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
  /// END SOLUTION
}`,
    { solution: true },
  ),
  cell(
    'softmax-test',
    `const near = (got: readonly number[], wanted: readonly number[]) =>
  got.length === wanted.length && got.every((value, i) => Math.abs(value - wanted[i]!) < 1e-9);
points(4, [
  check('equal scores', () => near(softmax([0, 0]), [0.5, 0.5]), 'equal scores share equally'),
  check('known values', () => near(softmax([0, Math.log(3)]), [0.25, 0.75]), 'divide by the sum'),
  check('sums to 1', () => Math.abs(softmax([1, 2, 3]).reduce((a, b) => a + b) - 1) < 1e-9, 'divide by the sum'),
  check('large scores', () => near(softmax([1000, 1000]), [0.5, 0.5]), 'subtract the largest score first'),
])`,
    { points: 4 },
  ),
  cell(
    'entropy',
    `function entropy(p: readonly number[]): number {
  /// BEGIN SOLUTION
  return p.reduce((sum, value) => (value === 0 ? sum : sum - value * Math.log2(value)), 0);
  /// END SOLUTION
}`,
    { solution: true },
  ),
  cell('entropy-test', 'assert.equal(entropy([0.5, 0.5]), 1);\nassert.equal(entropy([1, 0]), 0);', {
    points: 3,
  }),
  // What follows a failing cell is graded all the same.
  cell('last', 'function last(): number {\n  /// BEGIN SOLUTION\n  return 7;\n  /// END SOLUTION\n}', {
    solution: true,
  }),
  cell('last-test', 'assert.equal(last(), 7);', { points: 2 }),
];

const right = {
  softmax: exercise[1]!.source,
  entropy: exercise[3]!.source,
  last: exercise[5]!.source,
};
/** What each student hands in, and the points of the three tests. */
const students: Record<string, { answers: Partial<Record<keyof typeof right, string>>; points: number[] }> = {
  right: { answers: right, points: [4, 3, 2] },
  nearly: {
    answers: {
      ...right,
      softmax:
        'function softmax(scores: readonly number[]): number[] {\n  const powers = scores.map(Math.exp);\n  const sum = powers.reduce((a, b) => a + b);\n  return powers.map((power) => power / sum);\n}',
    },
    points: [3, 3, 2],
  },
  blank: { answers: {}, points: [0, 0, 0] },
  syntax: {
    answers: {
      ...right,
      softmax: 'function softmax(scores: readonly number[]): number[] {\n  return scores.map((;\n}',
    },
    points: [0, 3, 2],
  },
  endless: {
    answers: { ...right, entropy: 'function entropy(p: readonly number[]): number {\n  while (true);\n}' },
    points: [4, 0, 2],
  },
};

const config = `
c = get_config()
stub = "throw new Error('not answered yet');"
c.ClearSolutions.code_stub = {"typescript": stub}
c.CourseDirectory.course_id = "test"
c.ExecutePreprocessor.timeout = 30
c.ExecutePreprocessor.interrupt_on_timeout = True
`;

const readMarks = `
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    marks = {}
    for submission in book.assignment_submissions("one"):
        grades = {grade.name: grade.score for notebook in submission.notebooks for grade in notebook.grades}
        marks[submission.student.id] = [grades[name] for name in ("softmax-test", "entropy-test", "last-test")]
print("MARKS" + json.dumps(marks))
`;

function write(path: string, cells: readonly Cell[]): void {
  const kernelspec = { name: 'heed', display_name: 'TypeScript (Heed)', language: 'typescript' };
  const metadata = { kernelspec, language_info: { name: 'typescript', file_extension: '.ts' } };
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
}

async function handIn(here: Jupyter): Promise<void> {
  const released = JSON.parse(
    readFileSync(join(here.folder, 'release/one/exercise.ipynb'), 'utf8'),
  ) as Notebook;
  assert.match(String(released.cells[1]!.source), /not answered yet/);
  assert.doesNotMatch(JSON.stringify(released), /BEGIN SOLUTION/);
  for (const [student, { answers }] of Object.entries(students)) {
    const cells = structuredClone(released.cells);
    for (const [id, source] of Object.entries(answers)) {
      cells.find(({ metadata }) => metadata.nbgrader.grade_id === id)!.source = source;
    }
    write(join(here.folder, 'submitted', student, 'one/exercise.ipynb'), cells);
  }
}

test('nbgrader gives five submissions exactly the points that they earned', async (t) => {
  const here = await jupyter(t, ['nbgrader']);
  if (!here) return;
  const modules = join(here.folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(join(root, 'lib'), join(modules, 'heed'), 'junction');
  writeFileSync(join(here.folder, 'nbgrader_config.py'), config);
  write(join(here.folder, 'source/one/exercise.ipynb'), exercise);
  await here.run(['-m', 'nbgrader', 'generate_assignment', 'one', '--create']);
  await handIn(here);
  const graded = await here.run(['-m', 'nbgrader', 'autograde', 'one', '--create'], {
    timeout: 300_000,
    mayFail: true,
  });
  const { text } = await here.run(['-c', readMarks]);
  const marks = JSON.parse(text.slice(text.indexOf('MARKS') + 5));
  const expected = Object.fromEntries(Object.entries(students).map(([name, { points }]) => [name, points]));
  assert.deepEqual(marks, expected, graded.text);
  await here.run(['-m', 'nbgrader', 'generate_feedback', 'one']);
});
