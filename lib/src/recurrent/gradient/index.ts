import type {
  GruAttentionDecoder,
  GruSequence,
  LstmAttentionDecoder,
  LstmSequence,
  RnnSequence,
} from '../../backend/sequences.js';
import { gruDecoderGradient, lstmDecoderGradient } from './decoder.js';
import { gruGradient, lstmGradient, rnnGradient } from './sequence.js';

/** The whole-sequence operations at the level between reference and fused: plain operations, gradients by hand. */
export const sequenceGradientOps: {
  readonly rnn: RnnSequence;
  readonly gru: GruSequence;
  readonly lstm: LstmSequence;
  readonly gruDecoder: GruAttentionDecoder;
  readonly lstmDecoder: LstmAttentionDecoder;
} = {
  rnn: rnnGradient,
  gru: gruGradient,
  lstm: lstmGradient,
  gruDecoder: gruDecoderGradient,
  lstmDecoder: lstmDecoderGradient,
};
