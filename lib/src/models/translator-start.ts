import * as tf from '@tensorflow/tfjs';
import { flattenParams, type ParamTree } from '../core/params.js';
import type { Random } from '../random/random.js';

export interface StartSizes {
  /** of the encoder */
  readonly units: number;
  readonly decoderUnits: number;
  readonly lstm: boolean;
}

/**
 * Draws the weights of an encoder-decoder anew, evenly from +-1/sqrt(n): n is the number of units for a cell, of inputs for a
 * layer (PyTorch's start for both). Embeddings stay, and the biases that are meant: those of an LSTM, whose forget gate starts
 * open, and those of an alignment that has to start somewhere.
 *
 * Why not Glorot and orthogonal starts: with them a state holds on to the symbols before it from the first step, so an
 * annotation serves as well as its neighbour's and alpha settles beside its place. On validation dates after 140 steps
 * the largest alpha was on the true place for 94 to 99 % of characters with this start, 77 to 98 % with the other (six seeds).
 */
export function drawEvenly(random: Random, params: ParamTree, sizes: StartSizes): void {
  for (const [name, variable] of flattenParams(params)) {
    const ofCell = /(^|\/)(reader|cell)\//.test(name);
    const meant = /embedding\/table$|attention\/(offset|strengthBias)$/.test(name);
    if (meant || (sizes.lstm && ofCell && variable.rank === 1)) continue;
    const units = name.startsWith('decoder/') ? sizes.decoderUnits : sizes.units;
    const inputs = ofCell || variable.rank === 1 ? units : variable.shape[0]!;
    const limit = 1 / Math.sqrt(inputs);
    tf.tidy(() =>
      variable.assign(tf.tensor(random.child(name).uniforms(variable.size, -limit, limit), variable.shape)),
    );
  }
}
