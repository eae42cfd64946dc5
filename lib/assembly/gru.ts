import { sigmoidOfSum, tanhOfSum } from './activations';
import { packRight } from './packing';
import { product, productPacked, productScratch } from './product';
import { addInto, bytes, get, put } from './vectors';
import { isPadding, maskAt, stateBefore, timeOf } from './walk';

/**
 * Gates z, r, h. `gates` holds the input's sums before a step and gate values after it; `turned` the recurrent sums, whose
 * third part with its bias, kept in `candidate`, is the half of the candidate that the reset gate multiplies.
 */
@inline
function candidateLanes(gates: usize, turned: usize, recurrentBias: usize, candidate: usize, row: usize, full: bool): void {
  const q = f32x4.add(get(turned + 2 * row, full), get(recurrentBias + 2 * row, full));
  put(candidate, q, full);
  put(gates + 2 * row, f32x4.add(get(gates + 2 * row, full), f32x4.mul(get(gates + row, full), q)), full);
}

@inline
function mixLanes(gates: usize, before: usize, hidden: usize, row: usize, full: bool): void {
  const z = get(gates, full);
  const n = get(gates + 2 * row, full);
  put(hidden, f32x4.add(f32x4.mul(z, get(before, full)), f32x4.mul(f32x4.sub(f32x4.splat(1), z), n)), full);
}

export function gruCell(
  gates: usize,
  turned: usize,
  bias: usize,
  recurrentBias: usize,
  before: usize,
  candidate: usize,
  hidden: usize,
  mask: usize,
  batch: i32,
  units: i32,
): void {
  const row = bytes(units);
  for (let b = 0; b < batch; b++) {
    const at = <usize>b * row;
    if (isPadding(mask, b)) {
      memory.copy(hidden + at, before + at, row);
      continue;
    }
    const g = gates + 3 * at;
    const u = turned + 3 * at;
    addInto(g, u, 2 * row);
    addInto(g, recurrentBias, 2 * row);
    sigmoidOfSum(g, bias, 2 * row);
    let j: usize = 0;
    for (; j + 16 <= row; j += 16) candidateLanes(g + j, u + j, recurrentBias + j, candidate + at + j, row, true);
    for (; j < row; j += 4) candidateLanes(g + j, u + j, recurrentBias + j, candidate + at + j, row, false);
    tanhOfSum(g + 2 * row, bias + 2 * row, row);
    for (j = 0; j + 16 <= row; j += 16) mixLanes(g + j, before + at + j, hidden + at + j, row, true);
    for (; j < row; j += 4) mixLanes(g + j, before + at + j, hidden + at + j, row, false);
  }
}

@inline
function lanesBackward(
  gates: usize,
  candidate: usize,
  before: usize,
  dHidden: usize,
  dInput: usize,
  dTurned: usize,
  carry: usize,
  row: usize,
  full: bool,
): void {
  const one = f32x4.splat(1);
  const z = get(gates, full);
  const r = get(gates + row, full);
  const n = get(gates + 2 * row, full);
  const dh = f32x4.add(get(dHidden, full), get(carry, full));
  const dz = f32x4.mul(f32x4.mul(dh, f32x4.sub(get(before, full), n)), f32x4.mul(z, f32x4.sub(one, z)));
  const dn = f32x4.mul(f32x4.mul(dh, f32x4.sub(one, z)), f32x4.sub(one, f32x4.mul(n, n)));
  const dr = f32x4.mul(f32x4.mul(dn, get(candidate, full)), f32x4.mul(r, f32x4.sub(one, r)));
  put(dInput, dz, full);
  put(dInput + row, dr, full);
  put(dInput + 2 * row, dn, full);
  put(dTurned, dz, full);
  put(dTurned + row, dr, full);
  put(dTurned + 2 * row, f32x4.mul(dn, r), full);
  put(carry, f32x4.mul(dh, z), full);
}

/** Writes the gradients of the input's sums and of the recurrent sums; `carry` still lacks the recurrent product. */
export function gruCellBackward(
  gates: usize,
  candidate: usize,
  before: usize,
  dHidden: usize,
  dInput: usize,
  dTurned: usize,
  carry: usize,
  mask: usize,
  batch: i32,
  units: i32,
): void {
  const row = bytes(units);
  for (let b = 0; b < batch; b++) {
    const at = <usize>b * row;
    if (isPadding(mask, b)) {
      memory.fill(dInput + 3 * at, 0, 3 * row);
      memory.fill(dTurned + 3 * at, 0, 3 * row);
      addInto(carry + at, dHidden + at, row);
      continue;
    }
    let j: usize = 0;
    for (; j + 16 <= row; j += 16) {
      const k = at + j;
      const z: usize = 3 * at + j;
      lanesBackward(gates + z, candidate + k, before + k, dHidden + k, dInput + z, dTurned + z, carry + k, row, true);
    }
    for (; j < row; j += 4) {
      const k = at + j;
      const z: usize = 3 * at + j;
      lanesBackward(gates + z, candidate + k, before + k, dHidden + k, dInput + z, dTurned + z, carry + k, row, false);
    }
  }
}

export function gruForward(
  inputs: usize,
  kernel: usize,
  recurrent: usize,
  bias: usize,
  recurrentBias: usize,
  hidden0: usize,
  mask: usize,
  gates: usize,
  candidate: usize,
  hidden: usize,
  time: i32,
  batch: i32,
  features: i32,
  units: i32,
  backward: bool,
  scratch: usize,
): void {
  const wide = 3 * units;
  const row = bytes(units);
  const step = <usize>batch * row;
  product(inputs, bytes(features), 4, kernel, 3 * row, 4, gates, 3 * row, time * batch, wide, features, false, scratch);
  const turned = scratch + productScratch();
  const packed = turned + 3 * step;
  packRight(recurrent, 3 * row, 4, units, wide, packed);
  for (let i = 0; i < time; i++) {
    const t = timeOf(i, time, backward);
    const at = <usize>t * step;
    const h = stateBefore(i, hidden0, hidden, time, step, backward);
    productPacked(h, row, 4, packed, turned, 3 * row, batch, wide, units, false, scratch);
    const m = maskAt(mask, t, batch);
    gruCell(gates + 3 * at, turned, bias, recurrentBias, h, candidate + at, hidden + at, m, batch, units);
  }
}

export function gruBackward(
  recurrent: usize,
  hidden0: usize,
  mask: usize,
  gates: usize,
  candidate: usize,
  hidden: usize,
  dHidden: usize,
  dInput: usize,
  dTurned: usize,
  dHidden0: usize,
  time: i32,
  batch: i32,
  units: i32,
  backward: bool,
  scratch: usize,
): void {
  const wide = 3 * units;
  const row = bytes(units);
  const step = <usize>batch * row;
  const packed = scratch + productScratch();
  packRight(recurrent, 4, 3 * row, wide, units, packed);
  memory.fill(dHidden0, 0, step);
  for (let i = time - 1; i >= 0; i--) {
    const t = timeOf(i, time, backward);
    const at = <usize>t * step;
    const h = stateBefore(i, hidden0, hidden, time, step, backward);
    const m = maskAt(mask, t, batch);
    gruCellBackward(gates + 3 * at, candidate + at, h, dHidden + at, dInput + 3 * at, dTurned + 3 * at, dHidden0, m, batch, units);
    productPacked(dTurned + 3 * at, 3 * row, 4, packed, dHidden0, row, batch, units, wide, true, scratch);
  }
}
