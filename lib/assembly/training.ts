import { exp4 } from './activations';
import { addInto, bytes, get, put, sumLanes } from './vectors';

@inline
function adamLanes(
  parameter: usize,
  first: usize,
  second: usize,
  gradient: usize,
  newParameter: usize,
  newFirst: usize,
  newSecond: usize,
  rate: v128,
  keepFirst: v128,
  takeFirst: v128,
  keepSecond: v128,
  takeSecond: v128,
  secondScale: v128,
  epsilon: v128,
  full: bool,
): void {
  const g = get(gradient, full);
  const m = f32x4.add(f32x4.mul(keepFirst, get(first, full)), f32x4.mul(takeFirst, g));
  const v = f32x4.add(f32x4.mul(keepSecond, get(second, full)), f32x4.mul(takeSecond, f32x4.mul(g, g)));
  const size = f32x4.add(f32x4.sqrt(f32x4.mul(v, secondScale)), epsilon);
  put(newFirst, m, full);
  put(newSecond, v, full);
  put(newParameter, f32x4.sub(get(parameter, full), f32x4.div(f32x4.mul(rate, m), size)), full);
}

/**
 * Adam (Kingma and Ba 2015): `rate` already holds 1 / (1 - beta1^t), `secondScale` is 1 / (1 - beta2^t). The parts 1 - beta
 * come from outside, where they are formed in double precision: 1 - 0.999 in float32 is off by 1e-5.
 */
export function adam(
  parameter: usize,
  first: usize,
  second: usize,
  gradient: usize,
  newParameter: usize,
  newFirst: usize,
  newSecond: usize,
  count: i32,
  rate: f32,
  keepFirst: f32,
  takeFirst: f32,
  keepSecond: f32,
  takeSecond: f32,
  secondScale: f32,
  epsilon: f32,
): void {
  const r = f32x4.splat(rate);
  const k1 = f32x4.splat(keepFirst);
  const t1 = f32x4.splat(takeFirst);
  const k2 = f32x4.splat(keepSecond);
  const t2 = f32x4.splat(takeSecond);
  const s = f32x4.splat(secondScale);
  const e = f32x4.splat(epsilon);
  const size = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= size; i += 16) {
    adamLanes(parameter + i, first + i, second + i, gradient + i, newParameter + i, newFirst + i, newSecond + i, r, k1, t1, k2, t2, s, e, true);
  }
  for (; i < size; i += 4) {
    adamLanes(parameter + i, first + i, second + i, gradient + i, newParameter + i, newFirst + i, newSecond + i, r, k1, t1, k2, t2, s, e, false);
  }
}

/** Largest logit of each row and the sum of exp(logit - largest). */
export function softmaxStatistics(logits: usize, largest: usize, sums: usize, rows: i32, classes: i32): void {
  const row = bytes(classes);
  for (let i = 0; i < rows; i++, logits += row) {
    let top: f32 = load<f32>(logits);
    let four = f32x4.splat(top);
    let j: usize = 0;
    for (; j + 16 <= row; j += 16) four = f32x4.max(four, v128.load(logits + j));
    for (; j < row; j += 4) top = max<f32>(top, load<f32>(logits + j));
    top = max<f32>(top, max<f32>(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)));
    top = max<f32>(top, max<f32>(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)));
    const shift = f32x4.splat(top);
    let total = f32x4.splat(0);
    let tail: f32 = 0;
    for (j = 0; j + 16 <= row; j += 16) total = f32x4.add(total, exp4(f32x4.sub(v128.load(logits + j), shift)));
    for (; j < row; j += 4) tail += f32x4.extract_lane(exp4(f32x4.sub(get(logits + j, false), shift)), 0);
    store<f32>(largest + bytes(i), top);
    store<f32>(sums + bytes(i), sumLanes(total) + tail);
  }
}

@inline
function excess(logits: usize, shift: v128, scale: v128, even: v128, full: bool): v128 {
  return f32x4.sub(f32x4.mul(scale, exp4(f32x4.sub(get(logits, full), shift))), even);
}

/**
 * Gradient of the cross-entropy: (softmax - label) times the gradient of the row's loss. Of the label the share `smoothing` is
 * spread evenly over all classes.
 */
export function crossEntropyGradient(
  logits: usize,
  labels: usize,
  largest: usize,
  sums: usize,
  dLosses: usize,
  dLogits: usize,
  rows: i32,
  classes: i32,
  smoothing: f32,
): void {
  const row = bytes(classes);
  for (let i = 0; i < rows; i++, logits += row, dLogits += row) {
    const d = load<f32>(dLosses + bytes(i));
    if (d == 0) {
      memory.fill(dLogits, 0, row);
      continue;
    }
    const shift = f32x4.splat(load<f32>(largest + bytes(i)));
    const scale = f32x4.splat(d / load<f32>(sums + bytes(i)));
    const even = f32x4.splat((d * smoothing) / <f32>classes);
    let j: usize = 0;
    for (; j + 16 <= row; j += 16) put(dLogits + j, excess(logits + j, shift, scale, even, true), true);
    for (; j < row; j += 4) put(dLogits + j, excess(logits + j, shift, scale, even, false), false);
    const hit = dLogits + bytes(load<i32>(labels + bytes(i)));
    store<f32>(hit, load<f32>(hit) - d * (1 - smoothing));
  }
}
