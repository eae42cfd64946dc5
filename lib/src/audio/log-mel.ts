import FFT from 'fft.js';
import { type MelBank, melBank } from './mel.js';

export interface LogMelConfig {
  /** Length of a frame in seconds. */
  readonly window: number;
  /** From the start of a frame to the start of the next, in seconds. */
  readonly hop: number;
  /** Mel bands a frame. */
  readonly bands: number;
  /** Lowest frequency in Hz. */
  readonly low: number;
  /** Highest frequency in Hz, at most half the rate. */
  readonly high: number;
}

/** For speech at 8,000 samples a second. */
export const defaultLogMel: LogMelConfig = {
  window: 0.032, // 256 samples: a few periods of any voice, and shorter than a sound of speech
  hop: 0.016, // each sample is in two frames, so none is lost where a window ends
  bands: 24, // enough to tell the first two formants apart; a band still holds a bin
  low: 80, // below the lowest voice there is hum only
  high: 4000,
};

/** Sound as frames. */
export interface Spectrogram {
  /** Number of frames. */
  readonly time: number;
  readonly bands: number;
  /** Natural logarithm of the energy, `[time, bands]`, frame after frame. */
  readonly values: Float32Array;
  /** Seconds from the start of the sound to the middle of each frame. */
  readonly seconds: readonly number[];
  /** Middle of each band in Hz. */
  readonly hertz: readonly number[];
}

// Far below any microphone's noise; keeps digital silence finite.
const FLOOR = 1e-8;

/**
 * Energy of a sound over time and pitch: frames under a Hann window, their power spectrum, summed in mel bands, as logarithm.
 * White noise of variance v has about the energy v in each bin.
 *
 * @param samples from -1 to 1, `rate` of them a second
 * @throws where there are not two frames, where a sample is no number, and for sizes that exclude each other
 */
export function logMel(
  samples: Float32Array,
  rate: number,
  options: Partial<LogMelConfig> = {},
): Spectrogram {
  const config = { ...defaultLogMel, ...options };
  const { length, hop, size } = frameSizes(rate, config);
  const time = Math.max(0, 1 + Math.floor((samples.length - length) / hop));
  if (time < 2)
    throw new Error(
      `logMel: a sound of ${samples.length} samples at ${rate} a second gives ${time} frame${time === 1 ? '' : 's'} of ${length} samples; at least 2 are needed (${length + hop} samples). Take a longer recording or a shorter window`,
    );
  const bad = samples.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new Error(`logMel: sample ${bad} is ${samples[bad]}, expected a number from -1 to 1`);
  const bank = melBank({ ...config, rate, size });
  const window = hann(length);
  const scale = 1 / window.reduce((sum, weight) => sum + weight * weight, 0);
  const values = new Float32Array(time * config.bands);
  const spectrum = powerSpectrum(size);
  const frame = new Float64Array(size);
  for (let t = 0; t < time; t++) {
    for (let i = 0; i < length; i++) frame[i] = samples[t * hop + i]! * window[i]!;
    const power = spectrum(frame);
    sumBands(bank, power, scale, values.subarray(t * config.bands, (t + 1) * config.bands));
  }
  const seconds = Array.from({ length: time }, (_, t) => (t * hop + length / 2) / rate);
  return { time, bands: config.bands, values, seconds, hertz: bank.centres };
}

function frameSizes(rate: number, { window, hop }: LogMelConfig) {
  const [length, step] = [Math.round(window * rate), Math.round(hop * rate)];
  if (!(rate > 0) || length < 4 || step < 1)
    throw new Error(
      `logMel: expected a window of at least 4 samples and a hop of at least 1, got ${window} s and ${hop} s at ${rate} samples a second`,
    );
  return { length, hop: step, size: 2 ** Math.ceil(Math.log2(length)) };
}

/** Periodic Hann window: 0.5 - 0.5 cos(2 pi i / n). */
export const hann = (length: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length));

/**
 * A function from `size` real numbers to |X_k|^2 for k = 0 ... size / 2, where X_k = sum_n x_n exp(-2 pi i k n / size).
 *
 * @param size a power of two, at least 4
 */
export function powerSpectrum(size: number): (frame: Float64Array) => Float64Array {
  const transform = new FFT(size);
  const complex = transform.createComplexArray() as number[];
  return (frame) => {
    transform.realTransform(complex, frame);
    const power = new Float64Array(size / 2 + 1);
    for (let k = 0; k < power.length; k++) power[k] = complex[2 * k]! ** 2 + complex[2 * k + 1]! ** 2;
    return power;
  };
}

function sumBands({ weights, reach }: MelBank, power: Float64Array, scale: number, into: Float32Array): void {
  for (let band = 0; band < weights.length; band++) {
    const row = weights[band]!;
    const [first, end] = reach[band]!;
    let energy = 0;
    for (let bin = first; bin < end; bin++) energy += row[bin]! * power[bin]!;
    into[band] = Math.log(energy * scale + FLOOR);
  }
}

/**
 * The frames whose middle lies in a stretch of the sound, start ... end - 1.
 *
 * @param stretch its first sample and the one after its last
 * @throws where the stretch ends before it starts, and for sizes that exclude each other
 */
export function framesWithin(
  stretch: readonly [start: number, end: number],
  rate: number,
  options: Partial<LogMelConfig> = {},
): readonly [start: number, end: number] {
  const { length, hop } = frameSizes(rate, { ...defaultLogMel, ...options });
  const [start, end] = stretch;
  if (!(start >= 0 && start <= end))
    throw new Error(
      `framesWithin: expected a stretch [first sample, one after its last], got [${start}, ${end}]`,
    );
  const first = (sample: number) => Math.max(0, Math.ceil((sample - length / 2) / hop));
  return [first(start), first(end)];
}
