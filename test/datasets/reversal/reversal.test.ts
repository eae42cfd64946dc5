import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom, type FrozenReversal, loadReversal } from 'heed';

const folder = new URL('../../../datasets/reversal/', import.meta.url);
const text = readFileSync(new URL('reversal.json', folder), 'utf8');
const card = readFileSync(new URL('card.md', folder), 'utf8');
const frozen = JSON.parse(text) as FrozenReversal;

test('the file has the hash that SHA256SUMS and the card give', () => {
  const hash = createHash('sha256').update(text).digest('hex');
  assert.equal(readFileSync(new URL('SHA256SUMS', folder), 'utf8'), `${hash}  reversal.json\n`);
  assert.ok(card.includes(hash));
});

test('the sequences are drawn as when they were frozen', () => {
  const task = loadReversal(frozen);
  const lines = (['train', 'validation', 'test'] as const).flatMap((split) =>
    task.sample(createRandom(split), 1000, { split }).map(({ source }) => `${source.join('')}\n`),
  );
  assert.equal(createHash('sha256').update(lines.join('')).digest('hex'), frozen.sample.sha256);
  assert.equal(lines.length, frozen.sample.count);
  assert.ok(card.includes(frozen.sample.sha256));
});
