import { exp4 } from './activations';
import { product } from './product';
import { bytes, dot, get, put, sumLanes } from './vectors';

/**
 * Scaled dot attention of several heads. A head's queries, keys and values are columns of `[batch, time, units]` tensors and
 * are read where they lie: the products take strides, so no head is cut out and nothing is transposed beforehand.
 */

/** All bits set where a position may be looked at. */
@inline
function visible(mask: usize, full: bool): v128 {
  return f32x4.ne(get(mask, full), f32x4.splat(0));
}

/**
 * Softmax of scale times a row of scores over its first `seen` positions, in place; exactly 0 on what the mask hides and on
 * all beyond.
 */
function softmaxRow(scores: usize, mask: usize, seen: i32, source: i32, scale: f32): void {
  let largest: f32 = -Infinity;
  for (let j = 0; j < seen; j++) {
    if (mask == 0 || load<f32>(mask + bytes(j)) != 0) largest = max<f32>(largest, load<f32>(scores + bytes(j)));
  }
  const top = f32x4.splat(largest);
  const factor = f32x4.splat(scale);
  const size = bytes(seen);
  let total = f32x4.splat(0);
  let j: usize = 0;
  for (; j + 16 <= size; j += 16) {
    let weight = exp4(f32x4.mul(f32x4.sub(v128.load(scores + j), top), factor));
    // And, not times: what lies under padding may be no number.
    if (mask != 0) weight = v128.and(weight, visible(mask + j, true));
    v128.store(scores + j, weight);
    total = f32x4.add(total, weight);
  }
  let sum = sumLanes(total);
  for (; j < size; j += 4) {
    let weight = exp4(f32x4.mul(f32x4.sub(get(scores + j, false), top), factor));
    if (mask != 0) weight = v128.and(weight, visible(mask + j, false));
    put(scores + j, weight, false);
    sum += f32x4.extract_lane(weight, 0);
  }
  memory.fill(scores + size, 0, bytes(source - seen));
  scaleRow(scores, seen, 1 / sum);
}

function scaleRow(row: usize, count: i32, factor: f32): void {
  const size = bytes(count);
  const four = f32x4.splat(factor);
  let j: usize = 0;
  for (; j + 16 <= size; j += 16) v128.store(row + j, f32x4.mul(v128.load(row + j), four));
  for (; j < size; j += 4) store<f32>(row + j, load<f32>(row + j) * factor);
}

/**
 * @param mask `[batch, source]`, or 0 for none
 * @param causal output t sees the positions 0 ... t + source - target
 * @param mixed `[batch, target, units]`
 * @param alpha `[batch, heads, target, source]`
 */
export function headsForward(
  query: usize,
  keys: usize,
  values: usize,
  mask: usize,
  mixed: usize,
  alpha: usize,
  batch: i32,
  heads: i32,
  target: i32,
  source: i32,
  units: i32,
  causal: bool,
  scratch: usize,
): void {
  const width = units / heads;
  const row = bytes(units);
  const scale: f32 = 1 / sqrt<f32>(<f32>width);
  for (let b = 0; b < batch; b++) {
    const real: usize = mask == 0 ? 0 : mask + bytes(b * source);
    for (let h = 0; h < heads; h++) {
      const asked = bytes(b * target * units + h * width);
      const told = bytes(b * source * units + h * width);
      product(query + asked, row, 4, keys + told, 4, row, alpha, bytes(source), target, source, width, false, scratch);
      for (let t = 0; t < target; t++) {
        softmaxRow(alpha + bytes(t * source), real, causal ? source - target + t + 1 : source, source, scale);
      }
      product(alpha, bytes(source), 4, values + told, row, 4, mixed + asked, row, target, width, source, false, scratch);
      alpha += bytes(target * source);
    }
  }
}

/** Gradient of alpha to that of the unscaled scores, in place: scale alpha (d - sum of alpha d). */
function softmaxRowGradient(d: usize, alpha: usize, source: i32, scale: f32): void {
  const mean = f32x4.splat(dot(d, alpha, source));
  const factor = f32x4.splat(scale);
  const size = bytes(source);
  let j: usize = 0;
  for (; j + 16 <= size; j += 16) {
    const change = f32x4.sub(v128.load(d + j), mean);
    v128.store(d + j, f32x4.mul(f32x4.mul(change, factor), v128.load(alpha + j)));
  }
  for (; j < size; j += 4) {
    put(d + j, f32x4.mul(f32x4.mul(f32x4.sub(get(d + j, false), mean), factor), get(alpha + j, false)), false);
  }
}

/** @param scores room for `[target, source]` floats */
export function headsBackward(
  query: usize,
  keys: usize,
  values: usize,
  alpha: usize,
  dMixed: usize,
  dAlpha: usize,
  dQuery: usize,
  dKeys: usize,
  dValues: usize,
  scores: usize,
  batch: i32,
  heads: i32,
  target: i32,
  source: i32,
  units: i32,
  scratch: usize,
): void {
  const width = units / heads;
  const row = bytes(units);
  const line = bytes(source);
  const scale: f32 = 1 / sqrt<f32>(<f32>width);
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const asked = bytes(b * target * units + h * width);
      const told = bytes(b * source * units + h * width);
      product(alpha, 4, line, dMixed + asked, row, 4, dValues + told, row, source, width, target, false, scratch);
      memory.copy(scores, dAlpha, bytes(target * source));
      product(dMixed + asked, row, 4, values + told, 4, row, scores, line, target, source, width, true, scratch);
      for (let t = 0; t < target; t++) softmaxRowGradient(scores + <usize>t * line, alpha + <usize>t * line, source, scale);
      product(scores, line, 4, keys + told, row, 4, dQuery + asked, row, target, width, source, false, scratch);
      product(scores, 4, line, query + asked, row, 4, dKeys + told, row, source, width, target, false, scratch);
      alpha += bytes(target * source);
      dAlpha += bytes(target * source);
    }
  }
}
