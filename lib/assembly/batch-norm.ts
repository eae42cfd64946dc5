import { addInto, bytes, get, put } from './vectors';

/** Rows summed in float32 before they are added to the total: keeps the error of a long sum small. */
const BLOCK: i32 = 128;

/** The sums of a block go to the total, and the next block begins with zeros. */
@inline
function closeBlock(sums: usize, total: usize, size: usize): void {
  addInto(total, sums, size);
  memory.fill(sums, 0, size);
}

@inline
function divideRow(row: usize, size: usize, by: f32): void {
  for (let i: usize = 0; i < size; i += 4) store<f32>(row + i, load<f32>(row + i) / by);
}

/** (x - mean) inverse */
@inline
function normalised(x: usize, mean: usize, inverse: usize, full: bool): v128 {
  return f32x4.mul(f32x4.sub(get(x, full), get(mean, full)), get(inverse, full));
}

/** sums += value */
@inline
function addLanes(sums: usize, value: v128, full: bool): void {
  put(sums, f32x4.add(get(sums, full), value), full);
}

/**
 * Batch norm and, if wanted, relu: y = scale (x - mean) inverse + shift with inverse = 1 / sqrt(variance + epsilon), of
 * `[rows, columns]`. `scratch` has room for a row.
 */
export function batchNormForward(
  x: usize,
  scale: usize,
  shift: usize,
  y: usize,
  mean: usize,
  variance: usize,
  inverse: usize,
  scratch: usize,
  rows: i32,
  columns: i32,
  epsilon: f32,
  relu: i32,
): void {
  const row = bytes(columns);
  memory.fill(mean, 0, row);
  memory.fill(variance, 0, row);
  memory.fill(scratch, 0, row);
  for (let r = 0; r < rows; ) {
    const end = min<i32>(rows, r + BLOCK);
    for (; r < end; r++) addInto(scratch, x + <usize>r * row, row);
    closeBlock(scratch, mean, row);
  }
  divideRow(mean, row, <f32>rows);
  for (let r = 0; r < rows; ) {
    const end = min<i32>(rows, r + BLOCK);
    for (; r < end; r++) {
      const at = x + <usize>r * row;
      let c: usize = 0;
      for (; c + 16 <= row; c += 16) addSquares(at + c, mean + c, scratch + c, true);
      for (; c < row; c += 4) addSquares(at + c, mean + c, scratch + c, false);
    }
    closeBlock(scratch, variance, row);
  }
  divideRow(variance, row, <f32>rows);
  for (let c: usize = 0; c < row; c += 4) {
    store<f32>(inverse + c, <f32>1 / sqrt<f32>(load<f32>(variance + c) + epsilon));
  }
  const floor = f32x4.splat(relu != 0 ? 0 : -f32.MAX_VALUE);
  for (let r = 0; r < rows; r++, x += row, y += row) {
    let c: usize = 0;
    for (; c + 16 <= row; c += 16) outputLanes(x, mean, inverse, scale, shift, y, c, floor, true);
    for (; c < row; c += 4) outputLanes(x, mean, inverse, scale, shift, y, c, floor, false);
  }
}

@inline
function addSquares(x: usize, mean: usize, sums: usize, full: bool): void {
  const centred = f32x4.sub(get(x, full), get(mean, full));
  addLanes(sums, f32x4.mul(centred, centred), full);
}

@inline
function outputLanes(
  x: usize,
  mean: usize,
  inverse: usize,
  scale: usize,
  shift: usize,
  y: usize,
  c: usize,
  floor: v128,
  full: bool,
): void {
  const n = normalised(x + c, mean + c, inverse + c, full);
  const value = f32x4.add(f32x4.mul(n, get(scale + c, full)), get(shift + c, full));
  put(y + c, f32x4.max(value, floor), full);
}

/**
 * Gradients of the above. With n = (x - mean) inverse and dy cut where relu was 0: dShift = sum dy, dScale = sum dy n,
 * dx = scale inverse (dy - dShift / rows - n dScale / rows). `scratch` has room for two rows.
 */
export function batchNormBackward(
  x: usize,
  y: usize,
  dy: usize,
  scale: usize,
  mean: usize,
  inverse: usize,
  dx: usize,
  dScale: usize,
  dShift: usize,
  scratch: usize,
  rows: i32,
  columns: i32,
  relu: i32,
): void {
  const row = bytes(columns);
  const second = scratch + row;
  const cut = relu != 0;
  memory.fill(dScale, 0, row);
  memory.fill(dShift, 0, row);
  memory.fill(scratch, 0, 2 * row);
  for (let r = 0; r < rows; ) {
    const end = min<i32>(rows, r + BLOCK);
    for (; r < end; r++) {
      const at = <usize>r * row;
      let c: usize = 0;
      for (; c + 16 <= row; c += 16) sumLanes(x + at, y + at, dy + at, mean, inverse, scratch, second, c, cut, true);
      for (; c < row; c += 4) sumLanes(x + at, y + at, dy + at, mean, inverse, scratch, second, c, cut, false);
    }
    closeBlock(scratch, dShift, row);
    closeBlock(second, dScale, row);
  }
  const share = f32x4.splat(<f32>1 / <f32>rows);
  for (let r = 0; r < rows; r++, x += row, y += row, dy += row, dx += row) {
    let c: usize = 0;
    for (; c + 16 <= row; c += 16) inputLanes(x, y, dy, scale, mean, inverse, dx, dScale, dShift, c, share, cut, true);
    for (; c < row; c += 4) inputLanes(x, y, dy, scale, mean, inverse, dx, dScale, dShift, c, share, cut, false);
  }
}

/** dy, cut where relu was 0. */
@inline
function upstream(y: usize, dy: usize, cut: bool, full: bool): v128 {
  const d = get(dy, full);
  return cut ? v128.and(d, f32x4.gt(get(y, full), f32x4.splat(0))) : d;
}

@inline
function sumLanes(
  x: usize,
  y: usize,
  dy: usize,
  mean: usize,
  inverse: usize,
  shiftSums: usize,
  scaleSums: usize,
  c: usize,
  cut: bool,
  full: bool,
): void {
  const d = upstream(y + c, dy + c, cut, full);
  const n = normalised(x + c, mean + c, inverse + c, full);
  addLanes(shiftSums + c, d, full);
  addLanes(scaleSums + c, f32x4.mul(d, n), full);
}

@inline
function inputLanes(
  x: usize,
  y: usize,
  dy: usize,
  scale: usize,
  mean: usize,
  inverse: usize,
  dx: usize,
  dScale: usize,
  dShift: usize,
  c: usize,
  share: v128,
  cut: bool,
  full: bool,
): void {
  const d = upstream(y + c, dy + c, cut, full);
  const n = normalised(x + c, mean + c, inverse + c, full);
  const along = f32x4.add(get(dShift + c, full), f32x4.mul(n, get(dScale + c, full)));
  const factor = f32x4.mul(get(scale + c, full), get(inverse + c, full));
  put(dx + c, f32x4.mul(factor, f32x4.sub(d, f32x4.mul(along, share))), full);
}
