import { checkHeads } from '../../attention/heads.js';
import { checkOneOf, checkSizes } from '../../core/options.js';

/** How a model without recurrence is told the order: see `positions.ts`. */
export type PositionKind = 'sinusoidal' | 'learned' | 'rotary' | 'none';

/** What encoder-decoder and decoder-only have in common. */
export interface StackConfig {
  /** Width of the stream that all layers read and write, d. */
  readonly units: number;
  readonly heads: number;
  readonly layers: number;
  /** Hidden units of the feed-forward part. */
  readonly inner: number;
  /** `pre`: x + f(norm(x)), and a norm at the end. `post`: norm(x + f(x)), as in the paper. */
  readonly norm: 'pre' | 'post';
  readonly positions: PositionKind;
  /** Rows of the table of learned positions; of these alone. */
  readonly maxLength?: number;
  /** Rate of dropout in training, on the embeddings and on what each part adds. */
  readonly dropout?: number;
  /** Whether the table of the embeddings is the output layer as well. */
  readonly tied?: boolean;
}

export interface TransformerConfig extends StackConfig {
  /** Ids of the source vocabulary, specials included. */
  readonly sourceVocab: number;
  readonly targetVocab: number;
  /** Layers of the decoder; by default as many as the encoder has. */
  readonly decoderLayers?: number;
}

export interface CausalTransformerConfig extends StackConfig {
  readonly vocab: number;
}

export const defaultStack: StackConfig = {
  units: 96, // what the phrases were measured with
  heads: 4, // 24 units each; one head has one peak, and a verb needs its tense and its subject
  layers: 2, // the fewest that can look up what another position looked up
  inner: 192, // twice the units; the paper's four times pays where there is more to know
  norm: 'pre', // trains without a long warm-up (Xiong et al. 2020)
  positions: 'sinusoidal', // the paper's; no parameters and no longest length
  tied: true, // section 3.4 of the paper: fewer parameters, and each word's vector is trained from both sides
};

/** @throws for sizes that exclude each other */
export function checkStack(config: StackConfig): void {
  const { units, heads, layers, inner, norm, positions, maxLength, dropout = 0 } = config;
  checkSizes('transformer', { units, layers, inner });
  checkHeads(heads, units);
  checkOneOf('transformer', 'norm', norm, ['pre', 'post']);
  checkOneOf('transformer', 'positions', positions, ['sinusoidal', 'learned', 'rotary', 'none']);
  if (positions === 'learned' && !(Number.isSafeInteger(maxLength) && maxLength! >= 1))
    throw new Error(`transformer: learned positions need maxLength, a positive integer, got ${maxLength}`);
  if (positions === 'sinusoidal' && units % 2 !== 0)
    throw new Error(`transformer: sinusoidal positions come in pairs, so units must be even, got ${units}`);
  if (positions === 'rotary' && (units / heads) % 2 !== 0)
    throw new Error(
      `transformer: rotary positions turn pairs, so each head needs an even number of units, got ${units / heads}`,
    );
  if (!(dropout >= 0 && dropout < 1))
    throw new Error(`transformer: dropout must be in [0, 1), got ${dropout}`);
}
