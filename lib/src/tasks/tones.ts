import type { Random } from '../random/random.js';
import { placeApart, type Stretch } from './stretches.js';
import { beepSound, hissSound, vowelSound } from './tones-synthesis.js';

/** `datasets/tones/tones.json` */
export interface FrozenTones {
  readonly name: 'tones';
  readonly version: number;
  /** Samples a second. */
  readonly rate: number;
  /** Widths of the formants in Hz. */
  readonly bandwidths: readonly number[];
  /** An English word with the vowel, and its formants in Hz. */
  readonly vowels: readonly { readonly word: string; readonly formants: readonly number[] }[];
  /** Of `count` recordings, as 16-bit samples: guards the drawing against changing unseen. */
  readonly sample: { readonly count: number; readonly sha256: string };
}

/** A recording with one vowel somewhere in it. */
export interface Tone {
  /** Which vowel: index of `words`; one beyond the last where there is none. */
  readonly label: number;
  /** Samples from -1 to 1. */
  readonly samples: Float32Array;
  /** The vowel's samples, start ... end - 1; null where there is none. */
  readonly stretch: Stretch | null;
  /** The samples of what is no vowel: a beep and a hiss. */
  readonly others: readonly Stretch[];
  /** Periods of the voice a second. */
  readonly pitch: number;
}

export interface TonesChoice {
  /** Length of a recording in seconds, at least 0.8. Default 1. */
  readonly seconds?: number;
  /** Loudness of the vowel over that of the noise, in decibels, from ... to; each between equally likely. Default 0 to 12. */
  readonly signalToNoise?: readonly [number, number];
  /**
   * Share of recordings without a vowel. Default 0. Without any, a network can learn one vowel as what it is when it hears no
   * other, and then listens anywhere for it.
   */
  readonly nothing?: number;
}

/** The task: which vowel is spoken somewhere in a noisy recording? Where it is spoken is known. */
export interface Tones {
  /** One word a class: heed, head, hod, who'd, heard. */
  readonly words: readonly string[];
  readonly rate: number;
  /** `count` independent recordings. @throws RangeError for a count, length or noise that cannot be */
  sample(random: Random, count: number, choice?: TonesChoice): Tone[];
}

const SHORTEST = 0.8;
const QUIET_TO_LOUD: readonly [number, number] = [0, 12];
// Loudest sample of a recording, so that nothing is clipped.
const PEAK = 0.9;

/**
 * Makes the task from its frozen file: formants of American men (Peterson and Barney 1952, table II), of throats up to a tenth
 * shorter or longer, voices of 90 to 220 periods a second, in white noise, with a beep and a hiss as loud as the vowel beside it.
 *
 * @param frozen parsed content of `datasets/tones/tones.json`
 * @throws Error when it is not that
 */
export function loadTones(frozen: FrozenTones): Tones {
  if (frozen?.name !== 'tones' || frozen.version !== 1 || !Array.isArray(frozen.vowels))
    throw new Error(
      `Not the tones: expected name "tones", version 1, got ${JSON.stringify(frozen?.name)}, ${JSON.stringify(frozen?.version)}.`,
    );
  const { rate, bandwidths, vowels }: FrozenTones = frozen;

  function draw(random: Random, { seconds, signalToNoise, nothing }: Required<TonesChoice>): Tone {
    const length = Math.round(seconds * rate);
    const silent = nothing > 0 && random.uniform() < nothing;
    const label = random.integer(vowels.length);
    const throat = random.uniform(0.9, 1.1);
    const pitch = random.uniform(90, 220);
    const formants = vowels[label]!.formants.map((hertz: number, i: number) => ({
      frequency: hertz * throat,
      bandwidth: bandwidths[i]!,
    }));
    const sizes = [random.uniform(0.15, 0.25), random.uniform(0.1, 0.2), random.uniform(0.1, 0.2)].map((s) =>
      Math.round(s * rate),
    );
    const [stretch, beep, hiss] = placeApart(random, length, sizes) as [Stretch, Stretch, Stretch];
    const noise = 10 ** (-random.uniform(...signalToNoise) / 20);
    const sound = Float64Array.from(random.normals(length, 0, noise));
    const add = ([start]: Stretch, part: Float64Array) => {
      for (let i = 0; i < part.length; i++) sound[start + i]! += part[i]!;
    };
    if (!silent) add(stretch, vowelSound(stretch[1] - stretch[0], { formants, pitch, rate }));
    add(beep, beepSound(beep[1] - beep[0], random.uniform(300, 3000), rate));
    const band = { frequency: random.uniform(1000, 3500), bandwidth: random.uniform(300, 1000) };
    add(hiss, hissSound(random, hiss[1] - hiss[0], band, rate));
    const loudest = sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const samples = Float32Array.from(sound, (value) => (PEAK * value) / loudest);
    const others = [beep, hiss];
    return silent
      ? { label: vowels.length, samples, stretch: null, others, pitch }
      : { label, samples, stretch, others, pitch };
  }

  return {
    words: vowels.map(({ word }) => word),
    rate,
    sample(random, count, { seconds = 1, signalToNoise = QUIET_TO_LOUD, nothing = 0 } = {}) {
      if (!Number.isSafeInteger(count) || count < 1)
        throw new RangeError(`A sample of ${count} recordings: expected a whole number from 1.`);
      if (!(seconds >= SHORTEST && seconds <= 60))
        throw new RangeError(`Recordings of ${seconds} s: expected ${SHORTEST} to 60.`);
      const [low, high] = signalToNoise;
      if (!(low <= high && low >= -40 && high <= 80))
        throw new RangeError(
          `A signal of ${low} to ${high} dB over the noise: expected [low, high], from -40 to 80.`,
        );
      if (!(nothing >= 0 && nothing <= 1))
        throw new RangeError(`Recordings without a vowel: expected a share from 0 to 1, got ${nothing}.`);
      return Array.from({ length: count }, () => draw(random, { seconds, signalToNoise, nothing }));
    },
  };
}
