import type { Random } from '../random/random.js';

/** A resonance of the throat and mouth. */
export interface Formant {
  /** Hz */
  readonly frequency: number;
  /** Width in Hz at which it has half its power. */
  readonly bandwidth: number;
}

/**
 * A two-pole resonator, y[n] = A x[n] + B y[n-1] + C y[n-2] with C = -exp(-2 pi b / r), B = 2 exp(-pi b / r) cos(2 pi f / r)
 * and A = 1 - B - C, which passes 0 Hz unchanged (Klatt 1980, section II).
 */
export function resonate(input: Float64Array, { frequency, bandwidth }: Formant, rate: number): Float64Array {
  const c = -Math.exp((-2 * Math.PI * bandwidth) / rate);
  const b = 2 * Math.exp((-Math.PI * bandwidth) / rate) * Math.cos((2 * Math.PI * frequency) / rate);
  const a = 1 - b - c;
  const output = new Float64Array(input.length);
  let [last, beforeLast] = [0, 0];
  for (let n = 0; n < input.length; n++) {
    const value = a * input[n]! + b * last + c * beforeLast;
    [beforeLast, last] = [last, value];
    output[n] = value;
  }
  return output;
}

/** One pulse a period of the voice, of height 1: pulse k at the first sample not before k / pitch seconds. */
export function pulseTrain(length: number, pitch: number, rate: number): Float64Array {
  const pulses = new Float64Array(length);
  const period = rate / pitch;
  for (let k = 0; Math.ceil(k * period) < length; k++) pulses[Math.ceil(k * period)] = 1;
  return pulses;
}

// Seconds over which a sound swells and fades, so that it begins without a click.
const EDGE = 0.02;

/**
 * A vowel of loudness 1 (root mean square): glottal pulses, softened by a resonator at 0 Hz, through one resonator after the other,
 * and radiated by the lips as the difference of neighbouring samples (Klatt 1980, section II).
 */
export function vowelSound(
  length: number,
  { formants, pitch, rate }: { formants: readonly Formant[]; pitch: number; rate: number },
): Float64Array {
  let sound = resonate(pulseTrain(length, pitch, rate), { frequency: 0, bandwidth: 200 }, rate);
  for (const formant of formants) sound = resonate(sound, formant, rate);
  const radiated = sound.map((value, n) => value - (sound[n - 1] ?? 0));
  return swell(radiated, rate);
}

/** A pure tone of loudness 1. */
export function beepSound(length: number, hertz: number, rate: number): Float64Array {
  return swell(
    Float64Array.from({ length }, (_, n) => Math.sin((2 * Math.PI * hertz * n) / rate)),
    rate,
  );
}

/** Noise through one resonator, of loudness 1. */
export function hissSound(random: Random, length: number, formant: Formant, rate: number): Float64Array {
  return swell(resonate(Float64Array.from(random.normals(length)), formant, rate), rate);
}

function swell(sound: Float64Array, rate: number): Float64Array {
  const edge = Math.round(EDGE * rate);
  const shaped = sound.map((value, n) => value * Math.min(1, (n + 1) / edge, (sound.length - n) / edge));
  const loudness = Math.sqrt(shaped.reduce((sum, value) => sum + value * value, 0) / shaped.length);
  return shaped.map((value) => value / loudness);
}
