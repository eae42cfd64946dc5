import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom, type FrozenTones, loadTones } from 'heed';

const folder = new URL('../../../datasets/tones/', import.meta.url);
const text = readFileSync(new URL('tones.json', folder), 'utf8');
const card = readFileSync(new URL('card.md', folder), 'utf8');
const frozen = JSON.parse(text) as FrozenTones;

test('the file has the hash that SHA256SUMS and the card give', () => {
  const hash = createHash('sha256').update(text).digest('hex');
  assert.equal(readFileSync(new URL('SHA256SUMS', folder), 'utf8'), `${hash}  tones.json\n`);
  assert.ok(card.includes(hash));
});

test('the recordings are drawn as when they were frozen', () => {
  const hash = createHash('sha256');
  const drawn = loadTones(frozen).sample(createRandom('tones'), frozen.sample.count);
  for (const { label, samples, stretch } of drawn) {
    hash.update(new Uint8Array(Int16Array.from(samples, (value) => Math.round(value * 32767)).buffer));
    hash.update(`${label} ${stretch!.join(' ')}\n`);
  }
  assert.equal(hash.digest('hex'), frozen.sample.sha256);
  assert.ok(card.includes(frozen.sample.sha256));
});
