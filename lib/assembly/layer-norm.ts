import { bytes, dot, get, put, sumLanes } from './vectors';

/** Sum of `count` floats. */
function sum(x: usize, count: i32): f32 {
  const size = bytes(count);
  let total = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= size; i += 16) total = f32x4.add(total, v128.load(x + i));
  let result = sumLanes(total);
  for (; i < size; i += 4) result += load<f32>(x + i);
  return result;
}

@inline
function normalised(x: usize, mean: v128, inverse: v128, full: bool): v128 {
  return f32x4.mul(f32x4.sub(get(x, full), mean), inverse);
}

@inline
function shifted(x: usize, gain: usize, shift: usize, mean: v128, inverse: v128, full: bool): v128 {
  return f32x4.add(f32x4.mul(normalised(x, mean, inverse, full), get(gain, full)), get(shift, full));
}

/** Layer norm of each row; `kept` takes its mean and 1 / deviation, `[rows, 2]`, for the gradient. */
export function layerNormForward(
  x: usize,
  gain: usize,
  shift: usize,
  y: usize,
  kept: usize,
  rows: i32,
  columns: i32,
  epsilon: f32,
): void {
  const size = bytes(columns);
  for (let r = 0; r < rows; r++, x += size, y += size, kept += 8) {
    const mean = sum(x, columns) / <f32>columns;
    const four = f32x4.splat(mean);
    let j: usize = 0;
    // The distances first, since their squares lose fewer digits than a difference of squares.
    for (; j + 16 <= size; j += 16) v128.store(y + j, f32x4.sub(v128.load(x + j), four));
    for (; j < size; j += 4) store<f32>(y + j, load<f32>(x + j) - mean);
    const inverse: f32 = 1 / sqrt<f32>(dot(y, y, columns) / <f32>columns + epsilon);
    const factor = f32x4.splat(inverse);
    for (j = 0; j + 16 <= size; j += 16) v128.store(y + j, shifted(x + j, gain + j, shift + j, four, factor, true));
    for (; j < size; j += 4) put(y + j, shifted(x + j, gain + j, shift + j, four, factor, false), false);
    store<f32>(kept, mean);
    store<f32>(kept, inverse, 4);
  }
}

/** Adds what one group of lanes gives to the gradients of gain and shift, and leaves d gain in dx. */
@inline
function gather(
  x: usize,
  gain: usize,
  d: usize,
  dx: usize,
  dGain: usize,
  dShift: usize,
  mean: v128,
  inverse: v128,
  full: bool,
): v128 {
  const upstream = get(d, full);
  const normal = normalised(x, mean, inverse, full);
  put(dGain, f32x4.add(get(dGain, full), f32x4.mul(upstream, normal)), full);
  put(dShift, f32x4.add(get(dShift, full), upstream), full);
  const scaled = f32x4.mul(upstream, get(gain, full));
  put(dx, scaled, full);
  return f32x4.mul(scaled, normal);
}

@inline
function settle(x: usize, dx: usize, mean: v128, inverse: v128, level: v128, slope: v128, full: bool): void {
  const straight = f32x4.sub(get(dx, full), level);
  put(dx, f32x4.mul(inverse, f32x4.sub(straight, f32x4.mul(normalised(x, mean, inverse, full), slope))), full);
}

/** dx = (g - mean(g) - n mean(g n)) / deviation with g = d gain and n the normalised row. */
export function layerNormBackward(
  x: usize,
  gain: usize,
  kept: usize,
  d: usize,
  dx: usize,
  dGain: usize,
  dShift: usize,
  rows: i32,
  columns: i32,
): void {
  const size = bytes(columns);
  memory.fill(dGain, 0, size);
  memory.fill(dShift, 0, size);
  for (let r = 0; r < rows; r++, x += size, d += size, dx += size, kept += 8) {
    const mean = f32x4.splat(load<f32>(kept));
    const inverse = f32x4.splat(load<f32>(kept, 4));
    let along = f32x4.splat(0);
    let j: usize = 0;
    for (; j + 16 <= size; j += 16) {
      along = f32x4.add(along, gather(x + j, gain + j, d + j, dx + j, dGain + j, dShift + j, mean, inverse, true));
    }
    let tail = sumLanes(along);
    for (; j < size; j += 4) {
      tail += f32x4.extract_lane(
        gather(x + j, gain + j, d + j, dx + j, dGain + j, dShift + j, mean, inverse, false),
        0,
      );
    }
    const level = f32x4.splat(sum(dx, columns) / <f32>columns);
    const slope = f32x4.splat(tail / <f32>columns);
    for (j = 0; j + 16 <= size; j += 16) settle(x + j, dx + j, mean, inverse, level, slope, true);
    for (; j < size; j += 4) settle(x + j, dx + j, mean, inverse, level, slope, false);
  }
}
