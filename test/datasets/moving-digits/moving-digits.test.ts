import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { createRandom, defaultMovingDigits, loadDigits, movingDigits } from 'heed';

const folder = new URL('../../../datasets/moving-digits/', import.meta.url);
const text = readFileSync(new URL('moving-digits.json', folder), 'utf8');
const card = readFileSync(new URL('card.md', folder), 'utf8');
const frozen = JSON.parse(text);
const require = createRequire(import.meta.url);

test('the file has the hash that SHA256SUMS and the card give, and the configuration of the library', () => {
  const hash = createHash('sha256').update(text).digest('hex');
  assert.equal(readFileSync(new URL('SHA256SUMS', folder), 'utf8'), `${hash}  moving-digits.json\n`);
  assert.ok(card.includes(hash));
  assert.deepEqual(frozen.config, defaultMovingDigits);
});

test('the clips are drawn as when they were frozen', () => {
  const digits = loadDigits((digit) => require(`mnist/src/digits/${digit}.json`));
  const hash = createHash('sha256');
  for (const split of ['train', 'validation', 'test'] as const) {
    const clips = movingDigits(digits.split(split), createRandom(split), frozen.sample.count / 3);
    for (const { pixels, label, stretch } of clips) {
      hash.update(Uint8Array.from(pixels, (value) => Math.round(255 * value)));
      hash.update(`${label} ${stretch.join(' ')}\n`);
    }
  }
  assert.equal(hash.digest('hex'), frozen.sample.sha256);
  assert.ok(card.includes(frozen.sample.sha256));
});
