import { attend, attendBackward, expOfTwice, finishKeys } from './attention';
import { gruCell, gruCellBackward } from './gru';
import { lstmCell, lstmCellBackward } from './lstm';
import { packedSize, packRight } from './packing';
import { product, productPacked, productScratch } from './product';
import { bytes } from './vectors';
import { stateBefore } from './walk';

/**
 * Teacher-forced decoders with additive attention. `gateCount` parts of `units` columns: 4 for an LSTM, 3 for a GRU. What
 * comes from the previous words is one product over all steps; each step then adds context and state.
 */
export function decoderForward(
  previous: usize,
  kernel: usize,
  recurrent: usize,
  bias: usize,
  recurrentBias: usize,
  queryKernel: usize,
  vector: usize,
  keys: usize,
  values: usize,
  mask: usize,
  hidden0: usize,
  cell0: usize,
  keyPowers: usize,
  queryPowers: usize,
  alphas: usize,
  contexts: usize,
  gates: usize,
  candidate: usize,
  hidden: usize,
  cell: usize,
  time: i32,
  batch: i32,
  embedding: i32,
  width: i32,
  units: i32,
  attention: i32,
  source: i32,
  gateCount: i32,
  scratch: usize,
): void {
  const wide = gateCount * units;
  const row = bytes(units);
  const line = bytes(wide);
  const step = <usize>batch * row;
  const turned = scratch + productScratch();
  const packedContext = turned + <usize>batch * line;
  const packedState = packedContext + packedSize(width, wide);
  const packedQuery = packedState + packedSize(units, wide);
  packRight(kernel + <usize>embedding * line, line, 4, width, wide, packedContext);
  packRight(recurrent, line, 4, units, wide, packedState);
  packRight(queryKernel, bytes(attention), 4, units, attention, packedQuery);
  expOfTwice(keys, keyPowers, batch * source * attention);
  product(previous, bytes(embedding), 4, kernel, line, 4, gates, line, time * batch, wide, embedding, false, scratch);

  for (let t = 0; t < time; t++) {
    const h = stateBefore(t, hidden0, hidden, time, step, false);
    const queries = queryPowers + bytes(t * batch * attention);
    const context = contexts + bytes(t * batch * width);
    const z = gates + <usize>(t * batch) * line;
    const at = <usize>t * step;
    productPacked(h, row, 4, packedQuery, queries, bytes(attention), batch, attention, units, false, scratch);
    expOfTwice(queries, queries, batch * attention);
    const weights = alphas + bytes(t * batch * source);
    attend(queries, keyPowers, values, vector, mask, weights, context, batch, source, attention, width);
    productPacked(context, bytes(width), 4, packedContext, z, line, batch, wide, width, true, scratch);
    if (gateCount == 4) {
      productPacked(h, row, 4, packedState, z, line, batch, wide, units, true, scratch);
      const c = stateBefore(t, cell0, cell, time, step, false);
      lstmCell(z, bias, h, c, hidden + at, cell + at, 0, batch, units);
    } else {
      productPacked(h, row, 4, packedState, turned, line, batch, wide, units, false, scratch);
      gruCell(z, turned, bias, recurrentBias, h, candidate + at, hidden + at, 0, batch, units);
    }
  }
}

/**
 * Writes the gradients that run through time; those of kernels and inputs are long products of them, made when asked for.
 * `dTurned` (GRU) is the gradient of the recurrent sums; for an LSTM it is the same as `dz`, and the same address.
 */
export function decoderBackward(
  kernel: usize,
  recurrent: usize,
  queryKernel: usize,
  vector: usize,
  values: usize,
  hidden0: usize,
  cell0: usize,
  keyPowers: usize,
  queryPowers: usize,
  alphas: usize,
  gates: usize,
  candidate: usize,
  hidden: usize,
  cell: usize,
  dHidden: usize,
  dCell: usize,
  dContextsGiven: usize,
  dAlphas: usize,
  dz: usize,
  dTurned: usize,
  dQueries: usize,
  dContexts: usize,
  dKeys: usize,
  dVector: usize,
  dHidden0: usize,
  dCell0: usize,
  time: i32,
  batch: i32,
  embedding: i32,
  width: i32,
  units: i32,
  attention: i32,
  source: i32,
  gateCount: i32,
  scratch: usize,
): void {
  const wide = gateCount * units;
  const row = bytes(units);
  const line = bytes(wide);
  const step = <usize>batch * row;
  const slopes = scratch + productScratch();
  const packedContext = slopes + bytes(source);
  const packedState = packedContext + packedSize(wide, width);
  const packedQuery = packedState + packedSize(wide, units);
  packRight(kernel + <usize>embedding * line, 4, line, wide, width, packedContext);
  packRight(recurrent, 4, line, wide, units, packedState);
  packRight(queryKernel, 4, bytes(attention), attention, units, packedQuery);
  memory.copy(dContexts, dContextsGiven, bytes(time * batch * width));
  memory.fill(dKeys, 0, bytes(batch * source * attention));
  memory.fill(dVector, 0, bytes(attention));
  memory.fill(dHidden0, 0, step);
  if (gateCount == 4) memory.fill(dCell0, 0, step);

  for (let t = time - 1; t >= 0; t--) {
    const at = <usize>t * step;
    const z = <usize>(t * batch) * line;
    const h = stateBefore(t, hidden0, hidden, time, step, false);
    if (gateCount == 4) {
      const c = stateBefore(t, cell0, cell, time, step, false);
      lstmCellBackward(gates + z, c, cell + at, dHidden + at, dCell + at, dz + z, dHidden0, dCell0, 0, batch, units);
    } else {
      gruCellBackward(gates + z, candidate + at, h, dHidden + at, dz + z, dTurned + z, dHidden0, 0, batch, units);
    }
    const dContext = dContexts + bytes(t * batch * width);
    const dQuery = dQueries + bytes(t * batch * attention);
    productPacked(dz + z, line, 4, packedContext, dContext, bytes(width), batch, width, wide, true, scratch);
    productPacked(dTurned + z, line, 4, packedState, dHidden0, row, batch, units, wide, true, scratch);
    const queries = queryPowers + bytes(t * batch * attention);
    const weights = bytes(t * batch * source);
    attendBackward(queries, keyPowers, values, vector, alphas + weights, dAlphas + weights, dContext, dQuery, dKeys, dVector, batch, source, attention, width, slopes);
    productPacked(dQuery, bytes(attention), 4, packedQuery, dHidden0, row, batch, units, attention, true, scratch);
  }
  finishKeys(dKeys, vector, batch * source, attention);
}
