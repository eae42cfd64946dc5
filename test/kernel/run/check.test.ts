import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkNotebooks, describeFault } from '../../../kernel/src/run/check.js';
import { code, temporaryFolder, writeNotebook } from './support.js';

test('types are checked across cells and local modules without running anything', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'model.ts'), 'export const units: number = 64;\n');
  const marker = join(folder, 'ran');
  const path = writeNotebook(folder, [
    code(`import { writeFileSync } from 'fs'; writeFileSync(${JSON.stringify(marker)}, '');`),
    { cell_type: 'markdown', id: '', metadata: {}, source: 'not code' },
    code("import { units } from './model';\nconst width: number = units;"),
    code('const fine = 1;\nconst name: string = width;'),
    code('const wrong: string = 1;', ['raises-exception']),
    code('const skipped: string = 1;', ['skip-execution']),
    code('width + fine.toFixed'),
  ]);
  const faults = checkNotebooks([path]);
  const [first] = faults;
  assert.deepEqual([first?.cell, first?.line, first?.character, first?.code], [3, 2, 7, 2322]);
  // A name of the faulty cell may be unknown afterwards; the tagged cells 4 and 5 are silent whatever they hold.
  assert.deepEqual(
    faults.filter(({ cell }) => cell !== 3 && cell !== 6),
    [],
  );
  assert.equal(
    describeFault(faults[0]!),
    `${path} cell 3:2:7 error TS2322 Type 'number' is not assignable to type 'string'.`,
  );
  assert.equal(faults[0]!.id, 'cell-4');
  assert.throws(() => checkNotebooks([marker]), /no such file/, 'no cell has run');
});

test('a clean notebook has no faults; a notebook without code is refused', (t) => {
  const folder = temporaryFolder(t);
  const clean = writeNotebook(folder, [code('const x: number = 1;'), code('x + 1')], 'clean.ipynb');
  assert.deepEqual(checkNotebooks([clean]), []);
  assert.throws(() => checkNotebooks([writeNotebook(folder, [], 'none.ipynb')]), /nothing to check/);
});
