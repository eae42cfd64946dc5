/**
 * exp, tanh and the logistic function on four floats at a time. Coefficients of exp, on which all stand: `node scripts/fit-activations.mjs`.
 *
 * Math.exp would bring a table, and a table would be written over the memory that is shared with TensorFlow.js.
 * Products and sums are rounded one by one (no fused multiply-add), so every machine gives the same bits.
 */

import { get, put } from './vectors';

@inline
function timesPlus(a: v128, b: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(a, b), f32x4.splat(c));
}

/** Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits of the sum. */
const ROUNDER: f32 = 12582912.0;

@inline
function rounded(x: v128): v128 {
  return timesPlus(x, f32x4.splat(1.44269504), ROUNDER);
}

/** exp(r) - 1 for r = x - n ln 2, where `shifted` is n as `rounded` gives it. */
@inline
function remainder(x: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, f32x4.splat(ROUNDER));
  // ln 2 in two parts: 355 / 512 has so few bits that n times it is exact.
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let q = timesPlus(r, f32x4.splat(0.00138146128), 0.00836871006);
  q = timesPlus(r, q, 0.0416683890);
  q = timesPlus(r, q, 0.166665211);
  q = timesPlus(r, q, 0.499999940);
  return f32x4.add(f32x4.mul(f32x4.mul(r, r), q), r);
}

/** exp(x) = 2^n exp(r), n the nearest integer to x / ln 2; x is held to [-87, 88.7], where the result is normal. */
@inline
export function exp4(input: v128): v128 {
  const x = f32x4.min(f32x4.max(input, f32x4.splat(-87.0)), f32x4.splat(88.7));
  const shifted = rounded(x);
  // n is added to the exponent of a number near 1.
  return i32x4.add(f32x4.add(remainder(x, shifted), f32x4.splat(1.0)), i32x4.shl(shifted, 23));
}

/**
 * tanh(x) = e / (e + 2) with e = exp(2 x) - 1 = 2^n (exp(r) - 1) + (2^n - 1): near 0, where n is 0, no digit is lost, and
 * a large e forgives its own error. x is held to [-9, 9], beyond which a float32 shows 1.
 */
@inline
export function tanh4(input: v128): v128 {
  const x = f32x4.min(f32x4.max(input, f32x4.splat(-9.0)), f32x4.splat(9.0));
  const twice = f32x4.add(x, x);
  const shifted = rounded(twice);
  const power = i32x4.add(i32x4.shl(shifted, 23), f32x4.splat(1.0));
  const e = f32x4.add(f32x4.mul(power, remainder(twice, shifted)), f32x4.sub(power, f32x4.splat(1.0)));
  return f32x4.div(e, f32x4.add(e, f32x4.splat(2.0)));
}

/** 1 / (1 + exp(-x)): right in every digit for very negative x too. */
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1.0);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

@inline
export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/** exp that reaches 0 and infinity where float32 does (what is below the smallest normal number becomes 0). */
@inline
function fullExp4(x: v128): v128 {
  const high = f32x4.gt(x, f32x4.splat(88.7228));
  const low = f32x4.lt(x, f32x4.splat(-87.0));
  const y = v128.bitselect(f32x4.splat(Infinity), exp4(x), high);
  return v128.andnot(y, low);
}

export function expArray(x: usize, y: usize, count: i32): void {
  const end = x + (<usize>count << 2);
  for (; x + 16 <= end; x += 16, y += 16) v128.store(y, fullExp4(v128.load(x)));
  for (; x < end; x += 4, y += 4) v128.store_lane<f32>(y, fullExp4(v128.load_zero<f32>(x)), 0);
}

export function tanhArray(x: usize, y: usize, count: i32): void {
  const end = x + (<usize>count << 2);
  for (; x + 16 <= end; x += 16, y += 16) v128.store(y, tanh4(v128.load(x)));
  for (; x < end; x += 4, y += 4) v128.store_lane<f32>(y, tanh4(v128.load_zero<f32>(x)), 0);
}

export function sigmoidArray(x: usize, y: usize, count: i32): void {
  const end = x + (<usize>count << 2);
  for (; x + 16 <= end; x += 16, y += 16) v128.store(y, sigmoid4(v128.load(x)));
  for (; x < end; x += 4, y += 4) v128.store_lane<f32>(y, sigmoid4(v128.load_zero<f32>(x)), 0);
}

@inline
function sigmoidLanes(x: usize, bias: usize, full: bool): void {
  put(x, sigmoid4(f32x4.add(get(x, full), get(bias, full))), full);
}

@inline
function tanhLanes(x: usize, bias: usize, full: bool): void {
  put(x, tanh4(f32x4.add(get(x, full), get(bias, full))), full);
}

/**
 * x = sigmoid(x + bias) over `size` bytes, in place. One short loop an activation: with several in one loop the sixteen
 * vector registers do not suffice, and a step takes twice as long.
 */
export function sigmoidOfSum(x: usize, bias: usize, size: usize): void {
  let j: usize = 0;
  for (; j + 16 <= size; j += 16) sigmoidLanes(x + j, bias + j, true);
  for (; j < size; j += 4) sigmoidLanes(x + j, bias + j, false);
}

/** x = tanh(x + bias) over `size` bytes, in place. */
export function tanhOfSum(x: usize, bias: usize, size: usize): void {
  let j: usize = 0;
  for (; j + 16 <= size; j += 16) tanhLanes(x + j, bias + j, true);
  for (; j < size; j += 4) tanhLanes(x + j, bias + j, false);
}
