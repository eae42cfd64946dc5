import { exp1, exp4 } from './activations';
import { product } from './product';
import { bytes, dot, get, put, sumLanes } from './vectors';

/**
 * Additive attention. With x = exp(2 query) and y = exp(2 key), tanh(query + key) = 1 - 2 / (1 + x y): the exponentials are
 * taken once for the queries of a step and once for all keys, and each of the batch * time * source * units hyperbolic
 * tangents is then a product and a division.
 */

/** y = exp(2 x), held to where product and sum cannot become 0 * infinity. */
export function expOfTwice(x: usize, y: usize, count: i32): void {
  const end = x + bytes(count);
  for (; x + 16 <= end; x += 16, y += 16) v128.store(y, exp4(f32x4.add(v128.load(x), v128.load(x))));
  for (; x < end; x += 4, y += 4) put(y, exp4(f32x4.add(get(x, false), get(x, false))), false);
}

@inline
function reciprocal(query: v128, key: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, f32x4.mul(query, key)));
}

/** v . tanh(query + key) less the sum of v, which the softmax would take away again. */
function scoreOf(query: usize, key: usize, vector: usize, units: i32): f32 {
  const size = bytes(units);
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  let j: usize = 0;
  for (; j + 32 <= size; j += 32) {
    even = f32x4.add(even, f32x4.mul(v128.load(vector + j), reciprocal(v128.load(query + j), v128.load(key + j))));
    const second = reciprocal(v128.load(query + j, 16), v128.load(key + j, 16));
    odd = f32x4.add(odd, f32x4.mul(v128.load(vector + j, 16), second));
  }
  // A lane beyond the row's end has v = 0 and adds nothing.
  for (; j < size; j += 4) {
    even = f32x4.add(even, f32x4.mul(get(vector + j, false), reciprocal(get(query + j, false), get(key + j, false))));
  }
  return -2 * sumLanes(f32x4.add(even, odd));
}

/** Softmax over the positions that the mask leaves, in place; exactly 0 on the others. */
function maskedSoftmax(scores: usize, mask: usize, source: i32): void {
  let largest: f32 = -Infinity;
  for (let s = 0; s < source; s++) {
    if (mask == 0 || load<f32>(mask + bytes(s)) != 0) largest = max<f32>(largest, load<f32>(scores + bytes(s)));
  }
  let total: f32 = 0;
  for (let s = 0; s < source; s++) {
    const at = scores + bytes(s);
    const weight = mask == 0 || load<f32>(mask + bytes(s)) != 0 ? exp1(load<f32>(at) - largest) : 0;
    store<f32>(at, weight);
    total += weight;
  }
  if (total == 0) return;
  for (let s = 0; s < source; s++) store<f32>(scores + bytes(s), load<f32>(scores + bytes(s)) / total);
}

/** context = sum of weight times value over the positions. */
function weightedSum(weights: usize, values: usize, context: usize, source: i32, width: i32): void {
  const row = bytes(width);
  let j: usize = 0;
  for (; j + 64 <= row; j += 64) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let value = values + j;
    for (let s = 0; s < source; s++, value += row) {
      const weight = v128.load_splat<f32>(weights + bytes(s));
      a = f32x4.add(a, f32x4.mul(weight, v128.load(value)));
      b = f32x4.add(b, f32x4.mul(weight, v128.load(value, 16)));
      c = f32x4.add(c, f32x4.mul(weight, v128.load(value, 32)));
      d = f32x4.add(d, f32x4.mul(weight, v128.load(value, 48)));
    }
    v128.store(context + j, a);
    v128.store(context + j, b, 16);
    v128.store(context + j, c, 32);
    v128.store(context + j, d, 48);
  }
  for (; j < row; j += 4) {
    let sum: f32 = 0;
    for (let s = 0; s < source; s++) sum += load<f32>(weights + bytes(s)) * load<f32>(values + <usize>s * row + j);
    store<f32>(context + j, sum);
  }
}

/** One step for the whole batch: alphas `[batch, source]` and contexts `[batch, width]`. */
export function attend(
  queries: usize,
  keys: usize,
  values: usize,
  vector: usize,
  mask: usize,
  alphas: usize,
  contexts: usize,
  batch: i32,
  source: i32,
  units: i32,
  width: i32,
): void {
  for (let b = 0; b < batch; b++) {
    const weights = alphas + bytes(b * source);
    const keep: usize = mask == 0 ? 0 : mask + bytes(b * source);
    for (let s = 0; s < source; s++) {
      const score = scoreOf(queries + bytes(b * units), keys + bytes((b * source + s) * units), vector, units);
      store<f32>(weights + bytes(s), score);
    }
    maskedSoftmax(weights, keep, source);
    weightedSum(weights, values + bytes(b * source * width), contexts + bytes(b * width), source, width);
  }
}

/** Four units of a row: adds to the gradients of vector and keys, writes the query's. `slopes` are d loss / d score. */
@inline
function lanesBackward(
  query: usize,
  keys: usize,
  vector: usize,
  slopes: usize,
  dQuery: usize,
  dKeys: usize,
  dVector: usize,
  source: i32,
  row: usize,
  full: bool,
): void {
  const one = f32x4.splat(1);
  const x = get(query, full);
  let forVector = get(dVector, full);
  let forQuery = f32x4.splat(0);
  for (let s = 0; s < source; s++) {
    const slope = v128.load_splat<f32>(slopes + bytes(s));
    const r = reciprocal(x, get(keys, full));
    forVector = f32x4.add(forVector, f32x4.mul(slope, f32x4.sub(one, f32x4.add(r, r))));
    const d = f32x4.mul(slope, f32x4.mul(r, f32x4.sub(one, r)));
    forQuery = f32x4.add(forQuery, d);
    put(dKeys, f32x4.add(get(dKeys, full), d), full);
    keys += row;
    dKeys += row;
  }
  put(dVector, forVector, full);
  put(dQuery, f32x4.mul(forQuery, f32x4.mul(f32x4.splat(4), get(vector, full))), full);
}

/**
 * Backward of `attend`. `dKeys` is added to and lacks the factor 4 v, which `finishKeys` multiplies in once at the end.
 * `slopes` is room for `source` floats.
 */
export function attendBackward(
  queries: usize,
  keys: usize,
  values: usize,
  vector: usize,
  alphas: usize,
  dAlphas: usize,
  dContexts: usize,
  dQueries: usize,
  dKeys: usize,
  dVector: usize,
  batch: i32,
  source: i32,
  units: i32,
  width: i32,
  slopes: usize,
): void {
  const row = bytes(units);
  for (let b = 0; b < batch; b++) {
    const weights = alphas + bytes(b * source);
    let mean: f32 = 0;
    for (let s = 0; s < source; s++) {
      const fromContext = dot(dContexts + bytes(b * width), values + bytes((b * source + s) * width), width);
      const d = load<f32>(dAlphas + bytes(b * source + s)) + fromContext;
      store<f32>(slopes + bytes(s), d);
      mean += load<f32>(weights + bytes(s)) * d;
    }
    for (let s = 0; s < source; s++) {
      store<f32>(slopes + bytes(s), load<f32>(weights + bytes(s)) * (load<f32>(slopes + bytes(s)) - mean));
    }
    const query = queries + <usize>b * row;
    const dQuery = dQueries + <usize>b * row;
    const at = <usize>(b * source) * row;
    let j: usize = 0;
    for (; j + 16 <= row; j += 16) {
      lanesBackward(query + j, keys + at + j, vector + j, slopes, dQuery + j, dKeys + at + j, dVector + j, source, row, true);
    }
    for (; j < row; j += 4) {
      lanesBackward(query + j, keys + at + j, vector + j, slopes, dQuery + j, dKeys + at + j, dVector + j, source, row, false);
    }
  }
}

/** Multiplies the gradient of the keys by 4 v: the derivative of tanh is 4 r (1 - r). */
export function finishKeys(dKeys: usize, vector: usize, rows: i32, units: i32): void {
  const row = bytes(units);
  for (let i = 0; i < rows; i++, dKeys += row) {
    let j: usize = 0;
    for (; j + 16 <= row; j += 16) {
      v128.store(dKeys + j, f32x4.mul(v128.load(dKeys + j), f32x4.mul(f32x4.splat(4), v128.load(vector + j))));
    }
    for (; j < row; j += 4) store<f32>(dKeys + j, load<f32>(dKeys + j) * (4 * load<f32>(vector + j)));
  }
}

/** Gradient of the values, for each example alphas^T dContexts over time. */
export function valuesGradient(
  alphas: usize,
  dContexts: usize,
  out: usize,
  time: i32,
  batch: i32,
  source: i32,
  width: i32,
  scratch: usize,
): void {
  for (let b = 0; b < batch; b++) {
    const weights = alphas + bytes(b * source);
    const d = dContexts + bytes(b * width);
    const to = out + bytes(b * source * width);
    product(weights, 4, bytes(batch * source), d, bytes(batch * width), 4, to, bytes(width), source, width, time, false, scratch);
  }
}
