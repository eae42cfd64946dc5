import { addInto, bytes, get, put } from './vectors';

/** to = from */
@inline
function copyRun(to: usize, from: usize, size: usize): void {
  let i: usize = 0;
  for (; i + 16 <= size; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i < size; i += 4) store<f32>(to + i, load<f32>(from + i));
}

/**
 * What every output position of a square filter without margins saw, a row each: `[batch, outHeight, outWidth, filter, filter,
 * channels]` of `[batch, height, width, channels]`. A row of the filter is one stretch of memory.
 */
export function gatherPatches(
  x: usize,
  patches: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  filter: i32,
  stride: i32,
): void {
  const run = bytes(filter * channels);
  const line = bytes(width * channels);
  const outHeight = (height - filter) / stride + 1;
  const outWidth = (width - filter) / stride + 1;
  for (let n = 0; n < batch; n++, x += <usize>height * line) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        let from = x + <usize>(i * stride) * line + bytes(j * stride * channels);
        for (let f = 0; f < filter; f++, patches += run, from += line) copyRun(patches, from, run);
      }
    }
  }
}

/** Adds each row of patches to where it came from; `x` holds zeros, or what is added to. */
export function scatterPatches(
  patches: usize,
  x: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  filter: i32,
  stride: i32,
): void {
  const run = bytes(filter * channels);
  const line = bytes(width * channels);
  const outHeight = (height - filter) / stride + 1;
  const outWidth = (width - filter) / stride + 1;
  for (let n = 0; n < batch; n++, x += <usize>height * line) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        let to = x + <usize>(i * stride) * line + bytes(j * stride * channels);
        for (let f = 0; f < filter; f++, patches += run, to += line) addInto(to, patches, run);
      }
    }
  }
}

/** Rows summed in float32 before they are added to the total: keeps the error of a long sum small. */
const BLOCK: i32 = 128;

@inline
function divideRow(row: usize, size: usize, by: f32): void {
  for (let i: usize = 0; i < size; i += 4) store<f32>(row + i, load<f32>(row + i) / by);
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
  for (let i = 0; i < rows; i += BLOCK) {
    memory.fill(scratch, 0, row);
    const end = min<i32>(rows, i + BLOCK);
    for (let r = i; r < end; r++) addInto(scratch, x + <usize>r * row, row);
    addInto(mean, scratch, row);
  }
  divideRow(mean, row, <f32>rows);
  for (let i = 0; i < rows; i += BLOCK) {
    memory.fill(scratch, 0, row);
    const end = min<i32>(rows, i + BLOCK);
    for (let r = i; r < end; r++) {
      const at = x + <usize>r * row;
      let c: usize = 0;
      for (; c + 16 <= row; c += 16) squareInto(at, mean, scratch, c, true);
      for (; c < row; c += 4) squareInto(at, mean, scratch, c, false);
    }
    addInto(variance, scratch, row);
  }
  divideRow(variance, row, <f32>rows);
  for (let c: usize = 0; c < row; c += 4) {
    store<f32>(inverse + c, <f32>1 / sqrt<f32>(load<f32>(variance + c) + epsilon));
  }
  const floor = f32x4.splat(relu != 0 ? 0 : -f32.MAX_VALUE);
  for (let r = 0; r < rows; r++, x += row, y += row) {
    let c: usize = 0;
    for (; c + 16 <= row; c += 16) normaliseLanes(x, mean, inverse, scale, shift, y, c, floor, true);
    for (; c < row; c += 4) normaliseLanes(x, mean, inverse, scale, shift, y, c, floor, false);
  }
}

@inline
function squareInto(x: usize, mean: usize, sums: usize, c: usize, full: bool): void {
  const centred = f32x4.sub(get(x + c, full), get(mean + c, full));
  put(sums + c, f32x4.add(get(sums + c, full), f32x4.mul(centred, centred)), full);
}

@inline
function normaliseLanes(
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
  const normalised = f32x4.mul(f32x4.sub(get(x + c, full), get(mean + c, full)), get(inverse + c, full));
  const value = f32x4.add(f32x4.mul(normalised, get(scale + c, full)), get(shift + c, full));
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
  for (let i = 0; i < rows; i += BLOCK) {
    memory.fill(scratch, 0, 2 * row);
    const end = min<i32>(rows, i + BLOCK);
    for (let r = i; r < end; r++) {
      const at = <usize>r * row;
      let c: usize = 0;
      for (; c + 16 <= row; c += 16) sumLanesInto(x + at, y + at, dy + at, mean, inverse, scratch, second, c, cut, true);
      for (; c < row; c += 4) sumLanesInto(x + at, y + at, dy + at, mean, inverse, scratch, second, c, cut, false);
    }
    addInto(dShift, scratch, row);
    addInto(dScale, second, row);
  }
  const share = f32x4.splat(<f32>1 / <f32>rows);
  for (let r = 0; r < rows; r++, x += row, y += row, dy += row, dx += row) {
    let c: usize = 0;
    for (; c + 16 <= row; c += 16) inputLanes(x, y, dy, scale, mean, inverse, dx, dScale, dShift, c, share, cut, true);
    for (; c < row; c += 4) inputLanes(x, y, dy, scale, mean, inverse, dx, dScale, dShift, c, share, cut, false);
  }
}

@inline
function upstream(y: usize, dy: usize, c: usize, cut: bool, full: bool): v128 {
  const d = get(dy + c, full);
  return cut ? v128.and(d, f32x4.gt(get(y + c, full), f32x4.splat(0))) : d;
}

@inline
function sumLanesInto(
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
  const d = upstream(y, dy, c, cut, full);
  const n = f32x4.mul(f32x4.sub(get(x + c, full), get(mean + c, full)), get(inverse + c, full));
  put(shiftSums + c, f32x4.add(get(shiftSums + c, full), d), full);
  put(scaleSums + c, f32x4.add(get(scaleSums + c, full), f32x4.mul(d, n)), full);
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
  const d = upstream(y, dy, c, cut, full);
  const n = f32x4.mul(f32x4.sub(get(x + c, full), get(mean + c, full)), get(inverse + c, full));
  const along = f32x4.add(get(dShift + c, full), f32x4.mul(n, get(dScale + c, full)));
  const factor = f32x4.mul(get(scale + c, full), get(inverse + c, full));
  put(dx + c, f32x4.mul(factor, f32x4.sub(d, f32x4.mul(along, share))), full);
}
