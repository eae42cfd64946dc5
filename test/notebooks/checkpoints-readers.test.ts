import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

const folder = resolve(import.meta.dirname, '../../notebooks');

test('the reader of two facts of lesson 09 is the one whose measurement is kept', () => {
  const { rows } = JSON.parse(readFileSync(`${folder}/results/09-stories.json`, 'utf8')) as {
    rows: { task: string; data: string; checkpoint?: string; sha256?: string }[];
  };
  const kept = rows.filter(({ checkpoint }) => checkpoint !== undefined);
  assert.deepEqual(
    kept.map(({ task, data }) => [task, data]),
    [['two-facts', 'own']],
  );
  for (const { checkpoint, sha256 } of kept) {
    const bytes = readFileSync(`${folder}/checkpoints/${checkpoint}`);
    assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256);
  }
});
