import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';

/**
 * Signatures of the whole-sequence operations, shared by every engine level (reference, sequence gradient, fused).
 *
 * Everything here is time first: inputs `[time, batch, features]`, mask `[time, batch]` with 1 for real and 0 for padding.
 * A masked step carries the state on. `backward` walks from the last time to the first; outputs stay at the position of
 * their input, so the final state is at index 0.
 */
export type Direction = 'forward' | 'backward';

/** Elman cell: h = activation(x W + h U + b). */
export interface RnnWeights {
  /** `[features, units]` */
  readonly kernel: Tensor2D;
  /** `[units, units]` */
  readonly recurrentKernel: Tensor2D;
  /** `[units]` */
  readonly bias: Tensor1D;
}

export type RnnActivation = 'tanh' | 'relu' | 'linear';

/** Reset-after GRU, gates in the order z, r, h: h' = z h + (1 - z) tanh(x W_h + b_h + r (h U_h + rb_h)). */
export interface GruWeights {
  /** `[features, 3 units]` */
  readonly kernel: Tensor2D;
  /** `[units, 3 units]` */
  readonly recurrentKernel: Tensor2D;
  /** `[3 units]`, added to the input's part */
  readonly bias: Tensor1D;
  /** `[3 units]`, added to the recurrent part */
  readonly recurrentBias: Tensor1D;
}

/** LSTM, gates in the order i, f, g, o: c' = f c + i g, h' = o tanh(c'). */
export interface LstmWeights {
  /** `[features, 4 units]` */
  readonly kernel: Tensor2D;
  /** `[units, 4 units]` */
  readonly recurrentKernel: Tensor2D;
  /** `[4 units]` */
  readonly bias: Tensor1D;
}

/** Hidden and cell state, each `[batch, units]`. */
export interface LstmState {
  readonly hidden: Tensor2D;
  readonly cell: Tensor2D;
}

/** States of every step, `[time, batch, units]`. */
export type RnnSequence = (
  weights: RnnWeights,
  inputs: Tensor3D,
  initial: Tensor2D,
  mask: Tensor2D | null,
  direction: Direction,
  activation: RnnActivation,
) => Tensor3D;

/** States of every step, `[time, batch, units]`. */
export type GruSequence = (
  weights: GruWeights,
  inputs: Tensor3D,
  initial: Tensor2D,
  mask: Tensor2D | null,
  direction: Direction,
) => Tensor3D;

/** Hidden and cell states of every step, each `[time, batch, units]`; gradients flow from both. */
export type LstmSequence = (
  weights: LstmWeights,
  inputs: Tensor3D,
  initial: LstmState,
  mask: Tensor2D | null,
  direction: Direction,
) => { hidden: Tensor3D; cell: Tensor3D };

/** Additive attention (Bahdanau et al. 2015, A.1.2): e = vector . tanh(query queryKernel + key), keys already projected. */
export interface AdditiveWeights {
  /** `[units, attention units]` */
  readonly queryKernel: Tensor2D;
  /** `[attention units]` */
  readonly vector: Tensor1D;
}

/** What the decoder looks at: the same for every step. */
export interface AttentionMemory {
  /** projected keys, `[batch, source, attention units]` */
  readonly keys: Tensor3D;
  /** `[batch, source, value units]` */
  readonly values: Tensor3D;
  /** `[batch, source]`, 1 for real; every row has a 1 */
  readonly mask: Tensor2D | null;
}

/** What every step of an attention decoder gave; gradients flow from all of them. */
export interface DecoderTrace {
  /** hidden states s<t>, `[time, batch, units]` */
  readonly states: Tensor3D;
  /** context vectors, `[time, batch, value units]` */
  readonly contexts: Tensor3D;
  /** attention weights, `[time, batch, source]`; exactly 0 on padding */
  readonly alphas: Tensor3D;
}

/**
 * Teacher-forced decoder that scores with s<t-1>, then steps the cell on `[previous<t>, context<t>]`: the cell's kernel is
 * `[embedding + value units, gates * units]`. `previous` is `[time, batch, embedding]`.
 */
export type GruAttentionDecoder = (
  weights: { readonly attention: AdditiveWeights; readonly cell: GruWeights },
  previous: Tensor3D,
  memory: AttentionMemory,
  initial: Tensor2D,
) => DecoderTrace;

export type LstmAttentionDecoder = (
  weights: { readonly attention: AdditiveWeights; readonly cell: LstmWeights },
  previous: Tensor3D,
  memory: AttentionMemory,
  initial: LstmState,
) => DecoderTrace & { readonly cells: Tensor3D };
