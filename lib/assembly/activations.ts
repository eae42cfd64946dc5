/**
 * exp, tanh and the logistic function on four floats at a time. Coefficients: `node scripts/fit-activations.mjs`.
 *
 * Math.exp would bring a table, and a table would be written over the memory that is shared with TensorFlow.js.
 * Products and sums are rounded one by one (no fused multiply-add), so every machine gives the same bits.
 */

@inline
function times(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

@inline
function timesPlus(a: v128, b: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(a, b), f32x4.splat(c));
}

/** exp(x) = 2^n exp(r), n the nearest integer to x / ln 2; x is held to [-87, 88.7], where the result is normal. */
@inline
export function exp4(input: v128): v128 {
  const x = f32x4.min(f32x4.max(input, f32x4.splat(-87.0)), f32x4.splat(88.7));
  // Adding 1.5 * 2^23 leaves the rounded quotient in the low bits of the sum.
  const shifted = timesPlus(x, f32x4.splat(1.44269504), 12582912.0);
  const n = f32x4.sub(shifted, f32x4.splat(12582912.0));
  // ln 2 in two parts: 355 / 512 has so few bits that n times it is exact.
  let r = f32x4.sub(x, times(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, times(n, f32x4.splat(2.12194440e-4)));
  let q = timesPlus(r, f32x4.splat(0.00138146128), 0.00836871006);
  q = timesPlus(r, q, 0.0416683890);
  q = timesPlus(r, q, 0.166665211);
  q = timesPlus(r, q, 0.499999940);
  const p = f32x4.add(f32x4.add(times(times(r, r), q), r), f32x4.splat(1.0));
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/** tanh(x) = x P(x^2) / Q(x^2), x held to [-8.25, 8.25], from where 1 is less than 2e-7 away. */
@inline
export function tanh4(input: v128): v128 {
  const x = f32x4.min(f32x4.max(input, f32x4.splat(-8.25)), f32x4.splat(8.25));
  const u = times(x, x);
  let p = timesPlus(u, f32x4.splat(1.47442458e-8), 0.0000215729397);
  p = timesPlus(u, p, 0.00355293509);
  p = timesPlus(u, p, 0.134290040);
  p = timesPlus(u, p, 1.0);
  let q = timesPlus(u, f32x4.splat(8.33284389e-7), 0.000338020531);
  q = timesPlus(u, q, 0.0260941572);
  q = timesPlus(u, q, 0.467623293);
  q = timesPlus(u, q, 1.0);
  // The quotient of two rounded numbers may pass 1 by a bit.
  const y = f32x4.div(times(x, p), q);
  return f32x4.min(f32x4.max(y, f32x4.splat(-1.0)), f32x4.splat(1.0));
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
