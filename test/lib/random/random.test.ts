import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from 'heed';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { fromState } from '../../../lib/src/random/random.js';

// First outputs of the authors' xoroshiro128plus.c for the state s = {1, 2}; the same numbers stand in the tests of Rust's
// rand_xoshiro.
const published = [
  3n,
  412333834243n,
  2360170716294286339n,
  9295852285959843169n,
  2797080929874688578n,
  6019711933173041966n,
  3076529664176959358n,
  3521761819100106140n,
  7493067640054542992n,
  920801338098114767n,
];

test('the generator below gives the published values (their lower halves)', () => {
  const generator = xoroshiro128plusFromState([0, 1, 0, 2]);
  for (const value of published)
    assert.equal(BigInt.asUintN(32, BigInt(generator.next())), BigInt.asUintN(32, value));
});

test('a uniform number is made of 26 and 27 bits of two published values', () => {
  const random = fromState('reference', [0, 1, 0, 2]);
  for (let n = 0; n < published.length; n += 2) {
    const bits = (BigInt.asUintN(26, published[n]!) << 27n) | BigInt.asUintN(27, published[n + 1]!);
    assert.equal(random.uniform(), Number(bits) / 2 ** 53);
  }
});

test('one seed gives one stream; neighbouring seeds, 0 and texts give others', () => {
  const draws = (seed: number | string) => Array.from({ length: 4 }, createRandom(seed).uniform).join();
  assert.equal(draws(0), draws(0));
  assert.equal(draws(-0), draws(0));
  const seeds = [0, 1, 2, -1, 0.5, 2 ** 40, '0', '', 'a', 'b'];
  assert.equal(new Set(seeds.map(draws)).size, seeds.length);
  assert.throws(() => createRandom(Number.NaN), /finite number or a string, got NaN/);
});

test('a child depends on seed and name, not on what was drawn before', () => {
  const parent = createRandom(7);
  const first = parent.child('a').uniform();
  for (let n = 0; n < 10; n++) parent.normal();
  assert.equal(parent.child('a').uniform(), first);
  assert.notEqual(parent.child('b').uniform(), first);
  assert.notEqual(createRandom(8).child('a').uniform(), first);
  // The name of a child of a child cannot be spelt as one name.
  assert.notEqual(parent.child('a').child('b').uniform(), parent.child('a/b').uniform());
  assert.notEqual(parent.child('1').uniform(), parent.child(1).uniform());
});

test('children of consecutive names are uncorrelated', () => {
  const size = 20_000;
  const random = createRandom(0);
  const values = Array.from({ length: size }, (_, n) => random.child(n).uniform());
  let covariance = 0;
  for (let n = 1; n < size; n++) covariance += (values[n]! - 0.5) * (values[n - 1]! - 0.5);
  // Standard error of the correlation: 1 / sqrt(20,000) = 0.007; five of them.
  assert.ok(Math.abs((covariance / size) * 12) < 0.035);
});

test('moments of uniform and normal numbers (seed 0, 100,000 draws, five standard errors)', () => {
  const random = createRandom(0);
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const uniforms = random.uniforms(100_000, -1, 3);
  assert.ok(Math.abs(mean(uniforms) - 1) < 5 * Math.sqrt(16 / 12 / 100_000));
  assert.ok(uniforms.every((value) => value >= -1 && value <= 3));
  const normals = random.normals(100_000, 2, 3);
  assert.ok(Math.abs(mean(normals) - 2) < (5 * 3) / Math.sqrt(100_000));
  const variance = mean(normals.map((value) => (value - 2) ** 2));
  assert.ok(Math.abs(variance - 9) < 5 * 9 * Math.sqrt(2 / 100_000));
  const kurtosis = mean(normals.map((value) => ((value - 2) / 3) ** 4));
  assert.ok(Math.abs(kurtosis - 3) < 5 * Math.sqrt(96 / 100_000));
});

test('integers are even over 0 ... n - 1', () => {
  const random = createRandom(3);
  const counts = [0, 0, 0, 0, 0, 0];
  for (let n = 0; n < 60_000; n++) counts[random.integer(6)]!++;
  // Chi squared with 5 degrees of freedom is below 25.7 in 99.99 % of cases.
  assert.ok(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0) < 25.7);
  for (const bad of [0, -1, 1.5, Number.NaN]) assert.throws(() => random.integer(bad), /positive integer/);
  assert.throws(() => random.choice([]), /nothing to choose/);
});

test('shuffle keeps the items, leaves its argument, and finds every order of three alike', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
      const before = [...items];
      const shuffled = createRandom(seed).shuffle(items);
      assert.deepEqual(items, before);
      assert.deepEqual([...shuffled].sort(), [...items].sort());
    }),
  );
  const random = createRandom(5);
  const counts = new Map<string, number>();
  for (let n = 0; n < 6000; n++) {
    const order = random.permutation(3).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 5 * Math.sqrt(1000));
});

test('a seed for tensors is a positive 31-bit integer', () => {
  const random = createRandom(0);
  for (let n = 0; n < 10_000; n++) {
    const seed = random.tensorSeed();
    assert.ok(Number.isInteger(seed) && seed > 0 && seed < 2 ** 31);
  }
});
