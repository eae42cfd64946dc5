import type { FrameClip } from './sequence-classifier-predict.js';

/** Mean and standard deviation of each feature over all frames of a set of clips. */
export interface Standardiser {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * Measures the features of clips; those of the training set, so that nothing of the others is known beforehand.
 *
 * @param features numbers a frame
 * @throws where there is no clip, where one has frames of another size, and where a feature is no number
 */
export function fitStandardiser(clips: readonly FrameClip[], features: number): Standardiser {
  const [sum, squares] = [new Float64Array(features), new Float64Array(features)];
  let frames = 0;
  for (const [row, { time, values }] of clips.entries()) {
    checkFrames(`fitStandardiser: clip ${row}`, { time, values }, features);
    frames += time;
    for (let i = 0; i < values.length; i++) {
      sum[i % features]! += values[i]!;
      squares[i % features]! += values[i]! ** 2;
    }
  }
  if (frames === 0) throw new Error('fitStandardiser: expected at least one frame, got none');
  const mean = Array.from(sum, (value) => value / frames);
  const variance = mean.map((value, i) => squares[i]! / frames - value * value);
  const bad = variance.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new Error(`fitStandardiser: feature ${bad} holds a value that is no finite number`);
  return { mean, deviation: variance.map((value) => Math.sqrt(Math.max(0, value))) };
}

/** (x - mean) / deviation; a feature that never varied becomes 0. */
export function standardise<C extends FrameClip>({ mean, deviation }: Standardiser, clip: C): C {
  const features = mean.length;
  checkFrames('standardise', clip, features);
  const values = clip.values.map((value, i) => {
    const spread = deviation[i % features]!;
    return spread > 0 ? (value - mean[i % features]!) / spread : 0;
  });
  return { ...clip, values };
}

function checkFrames(label: string, { time, values }: FrameClip, features: number): void {
  if (values.length !== time * features)
    throw new Error(
      `${label}: expected ${time} frames of ${features} features, ${time * features} numbers, got ${values.length}`,
    );
}
