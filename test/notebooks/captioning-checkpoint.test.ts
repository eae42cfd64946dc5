import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

interface Row {
  readonly checkpoint?: string;
  readonly sha256?: string;
}

const folder = resolve(import.meta.dirname, '../../notebooks');
const { rows } = JSON.parse(readFileSync(`${folder}/results/12-captions.json`, 'utf8')) as { rows: Row[] };

test('the captioner of lesson 12 is the one whose measurements are kept', () => {
  const [row, ...more] = rows.filter(({ checkpoint }) => checkpoint !== undefined);
  assert.ok(row !== undefined && more.length === 0);
  assert.equal(row.checkpoint, '12-digits.safetensors');
  const bytes = readFileSync(`${folder}/checkpoints/${row.checkpoint}`);
  assert.equal(createHash('sha256').update(bytes).digest('hex'), row.sha256);
  assert.ok(statSync(`${folder}/checkpoints/${row.checkpoint}`).size < 1_000_000);
});
