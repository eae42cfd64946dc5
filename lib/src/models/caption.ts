import * as tf from '@tensorflow/tfjs';
import type { AttentionMemory } from '../backend/sequences.js';
import { checkOneOf } from '../core/options.js';
import { type BeamOptions, beamDecode, defaultBeam, type Hypothesis, repeatRows } from '../seq2seq/beam.js';
import { decodeWith } from '../seq2seq/decoder.js';
import { planDecoder } from '../seq2seq/decoder-plan.js';
import type { DecodeOptions, DecoderStep, Generated } from '../seq2seq/generate.js';
import { greedyDecode } from '../seq2seq/greedy.js';
import type { OverwriteAlpha } from '../seq2seq/overwrite.js';
import { batchesOf } from '../text/padding.js';
import { END, PADDING, START } from '../text/vocabulary.js';
import { readCaptionPictures } from './captioner.js';
import { type Captioner, type CaptionPicture, captionerDecoder } from './captioner-config.js';
import { hardCaptionStep } from './captioner-hard.js';

export interface CaptionOptions {
  /** Most words of a caption. */
  readonly maxLength: number;
  /** Pictures that are captioned together. */
  readonly batchSize: number;
  /** Looks other than the captioner's own: a soft one read by its largest alpha, or the other way round. */
  readonly look?: 'soft' | 'hard';
  /** What if: other weights in alpha's place, by the step (from 0) and the number of the picture; soft looks only. */
  readonly overwrite?: OverwriteAlpha;
}

export const defaultCaptionOptions: Pick<CaptionOptions, 'maxLength' | 'batchSize'> = {
  maxLength: 16, // the longest caption of three things has 11 words
  batchSize: 100, // below 100 MB of feature maps
};

/** A caption: `ids` without the end, and in `alpha` what each word paid to each region. */
export type Caption = Generated;

const limits = (maxLength: number): DecodeOptions => ({
  start: START,
  end: END,
  never: [PADDING, START],
  maxLength,
});

/** One step of the decoder over regions that were read. */
export function captionStep(
  captioner: Captioner,
  memory: AttentionMemory,
  { look = captioner.config.look, overwrite }: Pick<CaptionOptions, 'look' | 'overwrite'> = {},
): DecoderStep {
  checkOneOf('caption', 'look', look, ['soft', 'hard']);
  if (look === 'hard') {
    if (overwrite !== undefined)
      throw new Error('caption: alpha can be overwritten only with soft looks; a hard one takes one region');
    return hardCaptionStep(captioner, memory);
  }
  const plan = planDecoder(captioner.params.decoder, captionerDecoder);
  return (previous, state, time) => {
    const given = previous.expandDims(1) as tf.Tensor2D;
    const steps = decodeWith(plan, { memory, state, previous: given, time, overwrite });
    return {
      logits: steps.logits.squeeze([1]) as tf.Tensor2D,
      alpha: steps.alphas.squeeze([1]) as tf.Tensor2D,
      state: steps.state,
    };
  };
}

/**
 * Says what is in pictures, taking the most probable next word each time.
 *
 * @throws where a picture has another size or depth than the captioner was made for
 */
export function caption(
  captioner: Captioner,
  pictures: readonly CaptionPicture[],
  options: Partial<CaptionOptions> = {},
): Caption[] {
  const { maxLength, batchSize, ...looks } = { ...defaultCaptionOptions, ...options };
  let from = 0;
  return [...batchesOf(pictures, batchSize)].flatMap((some) => {
    const first = from;
    from += some.length;
    const { overwrite } = looks;
    const own = overwrite === undefined ? looks : { ...looks, overwrite: shifted(overwrite, first) };
    return withReading(captioner, some, 1, (memory, state) =>
      greedyDecode(captionStep(captioner, memory, own), state, limits(maxLength)),
    );
  });
}

const shifted =
  (overwrite: OverwriteAlpha, first: number): OverwriteAlpha =>
  (step, row) =>
    overwrite(step, first + row);

export interface CaptionBeamOptions
  extends Pick<BeamOptions, 'width' | 'best' | 'lengthPenalty' | 'coveragePenalty'>,
    Pick<CaptionOptions, 'maxLength' | 'batchSize' | 'look'> {}

/** Says what is in pictures by beam search. @returns for each picture at most `best` captions, the best first */
export function captionBeam(
  captioner: Captioner,
  pictures: readonly CaptionPicture[],
  options: Partial<CaptionBeamOptions> = {},
): Hypothesis[][] {
  const { maxLength, batchSize, look, ...beam } = { ...defaultCaptionOptions, ...defaultBeam, ...options };
  return [...batchesOf(pictures, batchSize)].flatMap((some) =>
    withReading(captioner, some, beam.width, (memory, state) =>
      beamDecode(captionStep(captioner, memory, look === undefined ? {} : { look }), state, {
        ...limits(maxLength),
        ...beam,
      }),
    ),
  );
}

/** Reads pictures, runs with their regions repeated `width` times each, and frees what was read. */
function withReading<T>(
  captioner: Captioner,
  pictures: readonly CaptionPicture[],
  width: number,
  run: (memory: AttentionMemory, state: readonly tf.Tensor2D[]) => T,
): T {
  const { memory, state } = readCaptionPictures(captioner, pictures, 'predict');
  const wide =
    width === 1
      ? memory
      : { keys: repeatRows(memory.keys, width), values: repeatRows(memory.values, width), mask: null };
  try {
    return run(wide, state);
  } finally {
    tf.dispose([memory.keys, memory.values, wide.keys, wide.values, ...state]);
  }
}
