import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { clutteredDigits, createRandom, type Digits, defaultClutteredDigits, loadDigits } from 'heed';

const folder = new URL('../../../datasets/cluttered-digits/', import.meta.url);
const text = readFileSync(new URL('cluttered-digits.json', folder), 'utf8');
const card = readFileSync(new URL('card.md', folder), 'utf8');
const frozen = JSON.parse(text);
const require = createRequire(import.meta.url);
const splits = ['train', 'validation', 'test'] as const;

let loaded: Digits | undefined;
const digits = () => (loaded ??= loadDigits((digit) => require(`mnist/src/digits/${digit}.json`)));

test('the file has the hash that SHA256SUMS and the card give', () => {
  const hash = createHash('sha256').update(text).digest('hex');
  assert.equal(readFileSync(new URL('SHA256SUMS', folder), 'utf8'), `${hash}  cluttered-digits.json\n`);
  assert.ok(card.includes(hash));
  assert.ok(card.includes(frozen.sample.sha256));
});

test('the pictures are drawn as when they were frozen, and the configuration is the default', () => {
  assert.deepEqual(frozen.config, defaultClutteredDigits);
  const hash = createHash('sha256');
  for (const split of splits) {
    assert.equal(digits().split(split).count, frozen.digits[split]);
    for (const { pixels, asked } of clutteredDigits(digits().split(split), createRandom(split), 100)) {
      hash.update(Uint8Array.from(pixels, (value) => Math.round(255 * value)));
      hash.update(JSON.stringify([asked.label, asked.box, asked.ink]));
    }
  }
  assert.equal(hash.digest('hex'), frozen.sample.sha256);
});

test('no handwriting is in two splits', () => {
  const owner = new Map<string, string>();
  for (const split of splits) {
    const { count, pixels } = digits().split(split);
    for (let n = 0; n < count; n++) {
      const key = createHash('sha1')
        .update(Uint8Array.from(pixels.subarray(n * 784, (n + 1) * 784), (value) => Math.round(255 * value)))
        .digest('hex');
      assert.ok((owner.get(key) ?? split) === split, `digit ${n} of ${split} is in ${owner.get(key)} too`);
      owner.set(key, split);
    }
  }
  assert.equal(owner.size, 10_000);
});
