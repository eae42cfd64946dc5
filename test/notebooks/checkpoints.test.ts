import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

interface Row {
  readonly seed: number;
  readonly checkpoint?: string;
  readonly sha256?: string;
}

const folder = resolve(import.meta.dirname, '../../notebooks');
const { rows } = JSON.parse(readFileSync(`${folder}/results/03-gap.json`, 'utf8')) as { rows: Row[] };
const kept = rows.filter(({ checkpoint }) => checkpoint !== undefined);

test('the trained models of lesson 03 are those whose measurements are kept', () => {
  assert.ok(kept.length >= 4, `${kept.length} rows name a checkpoint`);
  for (const { checkpoint, sha256 } of kept) {
    const bytes = readFileSync(`${folder}/checkpoints/${checkpoint}`);
    assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256, checkpoint);
  }
});

test('no checkpoint of lesson 03 is without a row that measured it', () => {
  const files = readdirSync(`${folder}/checkpoints`).filter((name) => name.startsWith('03-'));
  assert.deepEqual(files.sort(), kept.map(({ checkpoint }) => checkpoint).sort());
});
