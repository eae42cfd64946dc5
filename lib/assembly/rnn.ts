import { tanh4 } from './activations';
import { packRight } from './packing';
import { product, productPacked, productScratch } from './product';
import { addInto, bytes, get, put } from './vectors';
import { isPadding, maskAt, stateBefore, timeOf } from './walk';

const TANH: i32 = 0;
const RELU: i32 = 1;

@inline
function lanesForward(hidden: usize, bias: usize, activation: i32, full: bool): void {
  const sum = f32x4.add(get(hidden, full), get(bias, full));
  if (activation == TANH) put(hidden, tanh4(sum), full);
  else put(hidden, activation == RELU ? f32x4.max(sum, f32x4.splat(0)) : sum, full);
}

/** The slope is told from the output: 1 - h^2, h > 0, or 1. */
@inline
function lanesBackward(hidden: usize, dHidden: usize, dz: usize, carry: usize, activation: i32, full: bool): void {
  const h = get(hidden, full);
  const dh = f32x4.add(get(dHidden, full), get(carry, full));
  put(carry, f32x4.splat(0), full);
  if (activation == TANH) put(dz, f32x4.mul(dh, f32x4.sub(f32x4.splat(1), f32x4.mul(h, h))), full);
  else put(dz, activation == RELU ? v128.and(dh, f32x4.gt(h, f32x4.splat(0))) : dh, full);
}

export function rnnForward(
  inputs: usize,
  kernel: usize,
  recurrent: usize,
  bias: usize,
  hidden0: usize,
  mask: usize,
  hidden: usize,
  time: i32,
  batch: i32,
  features: i32,
  units: i32,
  activation: i32,
  backward: bool,
  scratch: usize,
): void {
  const row = bytes(units);
  const step = <usize>batch * row;
  product(inputs, bytes(features), 4, kernel, row, 4, hidden, row, time * batch, units, features, false, scratch);
  const packed = scratch + productScratch();
  packRight(recurrent, row, 4, units, units, packed);
  for (let i = 0; i < time; i++) {
    const t = timeOf(i, time, backward);
    const before = stateBefore(i, hidden0, hidden, time, step, backward);
    const now = hidden + <usize>t * step;
    const m = maskAt(mask, t, batch);
    productPacked(before, row, 4, packed, now, row, batch, units, units, true, scratch);
    for (let b = 0; b < batch; b++) {
      const h = now + <usize>b * row;
      if (isPadding(m, b)) {
        memory.copy(h, before + <usize>b * row, row);
        continue;
      }
      let j: usize = 0;
      for (; j + 16 <= row; j += 16) lanesForward(h + j, bias + j, activation, true);
      for (; j < row; j += 4) lanesForward(h + j, bias + j, activation, false);
    }
  }
}

export function rnnBackward(
  recurrent: usize,
  mask: usize,
  hidden: usize,
  dHidden: usize,
  dz: usize,
  dHidden0: usize,
  time: i32,
  batch: i32,
  units: i32,
  activation: i32,
  backward: bool,
  scratch: usize,
): void {
  const row = bytes(units);
  const step = <usize>batch * row;
  const packed = scratch + productScratch();
  packRight(recurrent, 4, row, units, units, packed);
  memory.fill(dHidden0, 0, step);
  for (let i = time - 1; i >= 0; i--) {
    const t = timeOf(i, time, backward);
    const m = maskAt(mask, t, batch);
    for (let b = 0; b < batch; b++) {
      const line = <usize>b * row;
      const at = <usize>t * step + line;
      if (isPadding(m, b)) {
        memory.fill(dz + at, 0, row);
        addInto(dHidden0 + line, dHidden + at, row);
        continue;
      }
      let j: usize = 0;
      for (; j + 16 <= row; j += 16) lanesBackward(hidden + at + j, dHidden + at + j, dz + at + j, dHidden0 + line + j, activation, true);
      for (; j < row; j += 4) lanesBackward(hidden + at + j, dHidden + at + j, dz + at + j, dHidden0 + line + j, activation, false);
    }
    productPacked(dz + <usize>t * step, row, 4, packed, dHidden0, row, batch, units, units, true, scratch);
  }
}
