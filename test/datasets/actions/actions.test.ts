import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom, type FrozenActions, loadActions } from 'heed';

const folder = new URL('../../../datasets/actions/', import.meta.url);
const text = readFileSync(new URL('actions.json', folder), 'utf8');
const card = readFileSync(new URL('card.md', folder), 'utf8');
const frozen = JSON.parse(text) as FrozenActions;

test('the file has the hash that SHA256SUMS and the card give', () => {
  const hash = createHash('sha256').update(text).digest('hex');
  assert.equal(readFileSync(new URL('SHA256SUMS', folder), 'utf8'), `${hash}  actions.json\n`);
  assert.ok(card.includes(hash));
});

test('the clips are drawn as when they were frozen', () => {
  const hash = createHash('sha256');
  const drawn = loadActions(frozen).sample(createRandom('actions'), frozen.sample.count);
  for (const { label, joints, stretch } of drawn) {
    hash.update(new Uint8Array(Int16Array.from(joints, (value) => Math.round(value * 1000)).buffer));
    hash.update(`${label} ${stretch!.join(' ')}\n`);
  }
  assert.equal(hash.digest('hex'), frozen.sample.sha256);
  assert.ok(card.includes(frozen.sample.sha256));
});
