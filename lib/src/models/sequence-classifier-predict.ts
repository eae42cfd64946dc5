import * as tf from '@tensorflow/tfjs';
import { batchesOf } from '../text/padding.js';
import { likeliest } from './likeliest.js';
import { classifySequences } from './sequence-classifier.js';
import type { SequenceClassifier } from './sequence-classifier-config.js';

/** Frames as plain numbers: sound, joints or pictures. */
export interface FrameClip {
  /** Number of frames, at least 2. */
  readonly time: number;
  /** `[time, ...]`, frame after frame. */
  readonly values: Float32Array;
}

/**
 * Clips of any lengths as one batch: the shorter ones are padded with zeros.
 *
 * @param frame shape of a frame, `[features]` or that of a picture
 * @returns inputs `[batch, time, ...frame]` and mask `[batch, time]`
 * @throws naming the clip that has fewer than two frames or frames of another size
 */
export function stackClips(
  clips: readonly FrameClip[],
  frame: readonly number[],
): { readonly inputs: tf.Tensor; readonly mask: tf.Tensor2D } {
  if (clips.length === 0) throw new Error('stackClips: expected at least one clip, got none');
  const size = frame.reduce((product, axis) => product * axis, 1);
  for (const [row, { time, values }] of clips.entries()) {
    if (!Number.isSafeInteger(time) || time < 2)
      throw new Error(
        `stackClips: clip ${row} has ${time} frame${time === 1 ? '' : 's'}, at least 2 are needed: alpha over one frame is always 1. Give a longer clip or shorter frames`,
      );
    if (values.length !== time * size)
      throw new Error(
        `stackClips: clip ${row} has ${values.length} numbers, expected ${time} frames of [${frame.join(', ')}], ${time * size}`,
      );
  }
  const time = clips.reduce((most, clip) => Math.max(most, clip.time), 0);
  const data = new Float32Array(clips.length * time * size);
  const real = new Float32Array(clips.length * time);
  for (const [row, clip] of clips.entries()) {
    data.set(clip.values, row * time * size);
    real.fill(1, row * time, row * time + clip.time);
  }
  return {
    inputs: tf.tensor(data, [clips.length, time, ...frame]),
    mask: tf.tensor2d(real, [clips.length, time]),
  };
}

/** What the model made of a clip, as plain data. */
export interface SequenceReading {
  /** The likeliest class. */
  readonly label: number;
  /** Of each class. */
  readonly probabilities: readonly number[];
  /** What each frame was worth; padding left out. */
  readonly alpha: readonly number[];
}

export interface PredictSequencesOptions {
  /** Shape of a frame; by default the model's `[features]`. */
  readonly frame?: readonly number[];
  /** Clips that are read at once. Default 64. */
  readonly batch?: number;
}

/** Reads clips without dropout. @throws as `stackClips` and `classifySequences` do, and where frames or weights are no numbers */
export function predictSequences(
  model: SequenceClassifier,
  clips: readonly FrameClip[],
  options: PredictSequencesOptions = {},
): SequenceReading[] {
  const { frame = [model.config.features], batch = 64 } = options;
  const readings: SequenceReading[] = [];
  for (const part of batchesOf(clips, batch)) {
    const from = readings.length;
    const [probabilities, alphas] = tf.tidy(() => {
      const { inputs, mask } = stackClips(part, frame);
      const { logits, alpha } = classifySequences(model, inputs, { mask });
      return [tf.softmax(logits).arraySync() as number[][], alpha.arraySync()] as const;
    });
    for (const [row, { time }] of part.entries()) {
      const chances = probabilities[row]!;
      readings.push({
        label: likeliest('sequence classifier', `clip ${from + row}`, chances),
        probabilities: chances,
        alpha: alphas[row]!.slice(0, time),
      });
    }
  }
  return readings;
}
