import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { ParamTree } from '../core/params.js';
import type { Random } from '../random/random.js';
import type { SequenceOptions, SequenceResult } from './sequence.js';

export interface CellSizes {
  /** features of the input */
  readonly input: number;
  /** features of the state */
  readonly units: number;
}

/** A recurrent cell as a value: what an encoder or a bidirectional reader needs to know of it. */
export interface Cell<Params extends ParamTree, State> {
  readonly name: string;
  init(random: Random, sizes: CellSizes): Params;
  step(params: Params, input: Tensor2D, state: State): State;
  sequence(params: Params, inputs: Tensor3D, options?: SequenceOptions<State>): SequenceResult<State>;
  /** What the rest of a network sees of the state, `[batch, units]`. */
  hidden(state: State): Tensor2D;
  /** Every tensor of the state, each `[batch, units]`, the hidden one first. */
  parts(state: State): readonly Tensor2D[];
  fromParts(parts: readonly Tensor2D[]): State;
}
