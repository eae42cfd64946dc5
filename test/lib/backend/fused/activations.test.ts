import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, it } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { fusedExp, fusedSigmoid, fusedTanh } from '../../../../lib/src/backend/fused/index.js';
// @ts-expect-error a plain script without declarations
import { fitExp } from '../../../../scripts/fit-activations.mjs';
import { compareGradients, numbers, useFused } from './plain.js';

before(useFused);

/** Evenly spread over [-limit, limit], and towards 0 in powers of two. */
function grid(limit: number): Float32Array {
  const even = Array.from({ length: 200_001 }, (_, i) => limit * (i / 100_000 - 1));
  const small = Array.from({ length: 120 }, (_, i) => limit * 2 ** -i);
  return Float32Array.from([...even, ...small, ...small.map((x) => -x)]);
}

function errors(actual: Float32Array, xs: Float32Array, exact: (x: number) => number) {
  let [absolute, relative] = [0, 0];
  for (const [i, x] of xs.entries()) {
    const expected = exact(x);
    const difference = Math.abs(actual[i]! - expected);
    absolute = Math.max(absolute, difference);
    // Below the smallest normal float32 there are no more digits to compare.
    if (Math.abs(expected) > 1.2e-38) relative = Math.max(relative, difference / Math.abs(expected));
  }
  return { absolute, relative };
}

it('tanh is right to 3e-7, also relative to its value near 0, and never passes 1', () => {
  const xs = grid(12);
  const actual = fusedTanh(tf.tensor1d(xs)).dataSync<'float32'>();
  const { absolute, relative } = errors(actual, xs, Math.tanh);
  assert.ok(absolute < 3e-7, `absolute error ${absolute}`);
  assert.ok(relative < 3e-7, `relative error ${relative}`);
  assert.ok(actual.every((y) => Math.abs(y) <= 1));
});

it('sigmoid is right to 3e-7 of its value', () => {
  const xs = grid(80);
  const { relative } = errors(
    fusedSigmoid(tf.tensor1d(xs)).dataSync<'float32'>(),
    xs,
    (x) => 1 / (1 + Math.exp(-x)),
  );
  assert.ok(relative < 3e-7, `relative error ${relative}`);
});

it('exp is right to 3e-7 of its value', () => {
  const xs = grid(86.9);
  const { relative } = errors(fusedExp(tf.tensor1d(xs)).dataSync<'float32'>(), xs, Math.exp);
  assert.ok(relative < 3e-7, `relative error ${relative}`);
});

it('infinities and NaN come out as they should, in whole vectors and in tails', () => {
  const xs = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, 0, 200, -200, Number.NaN];
  const of = (run: (x: tf.Tensor1D) => tf.Tensor1D) => [...run(tf.tensor1d(xs)).dataSync()];
  const ends = of(fusedTanh);
  // The ends may miss 1 by the last bit.
  for (const [i, sign] of [
    [0, -1],
    [1, 1],
    [4, 1],
    [5, -1],
  ] as const)
    assert.ok(Math.abs(ends[i]! - sign) < 1e-7);
  assert.deepEqual([ends[2], ends[3], ends[6]], [Number.NaN, 0, Number.NaN]);
  assert.deepEqual(of(fusedExp), [
    0,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    1,
    Number.POSITIVE_INFINITY,
    0,
    Number.NaN,
  ]);
  const sigmoid = of(fusedSigmoid);
  assert.ok(
    sigmoid[0]! < 1e-37 && sigmoid[5]! < 1e-37 && Number.isNaN(sigmoid[2]) && Number.isNaN(sigmoid[6]),
  );
  assert.deepEqual([sigmoid[1], sigmoid[3], sigmoid[4]], [1, 0.5, 1]);
});

it('gradients are those of the stock operations', () => {
  const x = numbers(1)([7, 3], 2);
  for (const [plain, fused] of [
    [tf.tanh, fusedTanh],
    [tf.sigmoid, fusedSigmoid],
    [tf.exp, fusedExp],
  ] as const) {
    compareGradients(
      (v) => [plain(v)],
      (v) => [fused(v)],
      [x],
      ['x'],
    );
  }
});

it('the coefficients in the sources are the ones that the script finds', () => {
  const source = readFileSync(new URL('../../../../lib/assembly/activations.ts', import.meta.url), 'utf8');
  const literals = new Set(
    (source.match(/-?\d+\.\d+(e-?\d+)?/g) ?? []).map((text) => Math.fround(Number(text))),
  );
  for (const coefficient of fitExp().coefficients) {
    assert.ok(literals.has(Math.fround(coefficient)), `${coefficient} is not in lib/assembly/activations.ts`);
  }
});
