import { sigmoidOfSum, tanh4, tanhOfSum } from './activations';
import { packRight } from './packing';
import { product, productPacked, productScratch } from './product';
import { addInto, bytes, get, put } from './vectors';
import { isPadding, maskAt, stateBefore, timeOf } from './walk';

/** Gates i, f, g, o lie one after the other in a row of 4 units. */
@inline
function lanesForward(gates: usize, before: usize, hidden: usize, cell: usize, row: usize, full: bool): void {
  const kept = f32x4.mul(get(gates + row, full), get(before, full));
  const c = f32x4.add(kept, f32x4.mul(get(gates, full), get(gates + 2 * row, full)));
  put(cell, c, full);
  put(hidden, f32x4.mul(get(gates + 3 * row, full), tanh4(c)), full);
}

/** One step after the products: `gates` [batch, 4 units] becomes gate values; hidden and cell are written. */
export function lstmCell(
  gates: usize,
  bias: usize,
  hiddenBefore: usize,
  cellBefore: usize,
  hidden: usize,
  cell: usize,
  mask: usize,
  batch: i32,
  units: i32,
): void {
  const row = bytes(units);
  for (let b = 0; b < batch; b++) {
    const at = <usize>b * row;
    if (isPadding(mask, b)) {
      memory.copy(hidden + at, hiddenBefore + at, row);
      memory.copy(cell + at, cellBefore + at, row);
      continue;
    }
    const z = gates + 4 * at;
    sigmoidOfSum(z, bias, 2 * row);
    tanhOfSum(z + 2 * row, bias + 2 * row, row);
    sigmoidOfSum(z + 3 * row, bias + 3 * row, row);
    let j: usize = 0;
    for (; j + 16 <= row; j += 16) lanesForward(z + j, cellBefore + at + j, hidden + at + j, cell + at + j, row, true);
    for (; j < row; j += 4) lanesForward(z + j, cellBefore + at + j, hidden + at + j, cell + at + j, row, false);
  }
}

@inline
function lanesBackward(
  gates: usize,
  before: usize,
  cell: usize,
  dHidden: usize,
  dCell: usize,
  dz: usize,
  carryHidden: usize,
  carryCell: usize,
  row: usize,
  full: bool,
): void {
  const one = f32x4.splat(1);
  const i = get(gates, full);
  const f = get(gates + row, full);
  const g = get(gates + 2 * row, full);
  const o = get(gates + 3 * row, full);
  const squashed = tanh4(get(cell, full));
  const dh = f32x4.add(get(dHidden, full), get(carryHidden, full));
  const slope = f32x4.mul(o, f32x4.sub(one, f32x4.mul(squashed, squashed)));
  const dc = f32x4.add(f32x4.add(get(dCell, full), get(carryCell, full)), f32x4.mul(dh, slope));
  put(dz, f32x4.mul(f32x4.mul(dc, g), f32x4.mul(i, f32x4.sub(one, i))), full);
  put(dz + row, f32x4.mul(f32x4.mul(dc, get(before, full)), f32x4.mul(f, f32x4.sub(one, f))), full);
  put(dz + 2 * row, f32x4.mul(f32x4.mul(dc, i), f32x4.sub(one, f32x4.mul(g, g))), full);
  put(dz + 3 * row, f32x4.mul(f32x4.mul(dh, squashed), f32x4.mul(o, f32x4.sub(one, o))), full);
  put(carryCell, f32x4.mul(dc, f), full);
  put(carryHidden, f32x4.splat(0), full);
}

/**
 * Backward of `lstmCell`: writes dz. The carried gradients of cell and hidden go from "after the step" to "before it";
 * hidden's still lacks dz times the transposed recurrent kernel, which the caller adds.
 */
export function lstmCellBackward(
  gates: usize,
  cellBefore: usize,
  cell: usize,
  dHidden: usize,
  dCell: usize,
  dz: usize,
  carryHidden: usize,
  carryCell: usize,
  mask: usize,
  batch: i32,
  units: i32,
): void {
  const row = bytes(units);
  for (let b = 0; b < batch; b++) {
    const at = <usize>b * row;
    if (isPadding(mask, b)) {
      memory.fill(dz + 4 * at, 0, 4 * row);
      addInto(carryHidden + at, dHidden + at, row);
      addInto(carryCell + at, dCell + at, row);
      continue;
    }
    let j: usize = 0;
    for (; j + 16 <= row; j += 16) {
      const k = at + j;
      const z: usize = 4 * at + j;
      lanesBackward(gates + z, cellBefore + k, cell + k, dHidden + k, dCell + k, dz + z, carryHidden + k, carryCell + k, row, true);
    }
    for (; j < row; j += 4) {
      const k = at + j;
      const z: usize = 4 * at + j;
      lanesBackward(gates + z, cellBefore + k, cell + k, dHidden + k, dCell + k, dz + z, carryHidden + k, carryCell + k, row, false);
    }
  }
}

export function lstmForward(
  inputs: usize,
  kernel: usize,
  recurrent: usize,
  bias: usize,
  hidden0: usize,
  cell0: usize,
  mask: usize,
  gates: usize,
  hidden: usize,
  cell: usize,
  time: i32,
  batch: i32,
  features: i32,
  units: i32,
  backward: bool,
  scratch: usize,
): void {
  const wide = 4 * units;
  const row = bytes(units);
  const step = <usize>batch * row;
  product(inputs, bytes(features), 4, kernel, 4 * row, 4, gates, 4 * row, time * batch, wide, features, false, scratch);
  const packed = scratch + productScratch();
  packRight(recurrent, 4 * row, 4, units, wide, packed);
  for (let i = 0; i < time; i++) {
    const t = timeOf(i, time, backward);
    const z = gates + <usize>t * 4 * step;
    const h = stateBefore(i, hidden0, hidden, time, step, backward);
    const c = stateBefore(i, cell0, cell, time, step, backward);
    productPacked(h, row, 4, packed, z, 4 * row, batch, wide, units, true, scratch);
    lstmCell(z, bias, h, c, hidden + <usize>t * step, cell + <usize>t * step, maskAt(mask, t, batch), batch, units);
  }
}

/** Writes dz of every step and the gradients of the initial states. */
export function lstmBackward(
  recurrent: usize,
  cell0: usize,
  mask: usize,
  gates: usize,
  cell: usize,
  dHidden: usize,
  dCell: usize,
  dz: usize,
  dHidden0: usize,
  dCell0: usize,
  time: i32,
  batch: i32,
  units: i32,
  backward: bool,
  scratch: usize,
): void {
  const wide = 4 * units;
  const row = bytes(units);
  const step = <usize>batch * row;
  const packed = scratch + productScratch();
  packRight(recurrent, 4, 4 * row, wide, units, packed);
  memory.fill(dHidden0, 0, step);
  memory.fill(dCell0, 0, step);
  for (let i = time - 1; i >= 0; i--) {
    const t = timeOf(i, time, backward);
    const at = <usize>t * step;
    const before = stateBefore(i, cell0, cell, time, step, backward);
    const m = maskAt(mask, t, batch);
    lstmCellBackward(gates + 4 * at, before, cell + at, dHidden + at, dCell + at, dz + 4 * at, dHidden0, dCell0, m, batch, units);
    productPacked(dz + 4 * at, 4 * row, 4, packed, dHidden0, row, batch, units, wide, true, scratch);
  }
}
