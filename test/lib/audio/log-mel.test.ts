import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, defaultLogMel, framesWithin, hann, logMel, powerSpectrum } from 'heed';

const RATE = 8000;
const sine = (hertz: number, seconds = 0.5) =>
  Float32Array.from({ length: seconds * RATE }, (_, n) => 0.5 * Math.sin((2 * Math.PI * hertz * n) / RATE));
const largest = (values: ArrayLike<number>) => Array.from(values).indexOf(Math.max(...Array.from(values)));

test('the power spectrum is that of the sum in its definition', () => {
  const frame = Float64Array.from(createRandom(1).normals(32));
  const power = powerSpectrum(32)(frame);
  assert.equal(power.length, 17);
  for (let k = 0; k <= 16; k++) {
    let [real, imaginary] = [0, 0];
    frame.forEach((value, n) => {
      real += value * Math.cos((2 * Math.PI * k * n) / 32);
      imaginary -= value * Math.sin((2 * Math.PI * k * n) / 32);
    });
    assert.ok(Math.abs(power[k]! - (real ** 2 + imaginary ** 2)) < 1e-9, `bin ${k}`);
  }
});

test("Parseval: the energy of a frame is the mean of its spectrum's, the inner bins counted twice", () => {
  const frame = Float64Array.from(createRandom(2).normals(256));
  const power = powerSpectrum(256)(frame);
  const energy = frame.reduce((sum, value) => sum + value * value, 0);
  const spectral = power.reduce((sum, value, k) => sum + value * (k === 0 || k === 128 ? 1 : 2), 0) / 256;
  assert.ok(Math.abs(energy - spectral) < 1e-9 * energy);
});

test('Hann windows half a length apart sum to 1', () => {
  const window = hann(64);
  for (let i = 0; i < 32; i++) assert.ok(Math.abs(window[i]! + window[i + 32]! - 1) < 1e-12);
});

test('a sine is loudest in the band whose middle is nearest to it, in every frame', () => {
  for (const wanted of [5, 12, 20]) {
    const { hertz } = logMel(sine(440), RATE);
    const { time, bands, values } = logMel(sine(hertz[wanted]!), RATE);
    for (let t = 0; t < time; t++)
      assert.equal(largest(values.subarray(t * bands, (t + 1) * bands)), wanted, `frame ${t}`);
  }
});

test('twice the amplitude is ln 4 more everywhere that is not silent', () => {
  const quiet = createRandom(3).normals(2000, 0, 0.1);
  const one = logMel(quiet, RATE).values;
  const two = logMel(
    quiet.map((value) => 2 * value),
    RATE,
  ).values;
  one.forEach((value, i) => {
    assert.ok(Math.abs(two[i]! - value - Math.log(4)) < 1e-4);
  });
});

test('white noise of variance v has the energy v in each bin: a band has v times the sum of its weights', () => {
  const { values, bands, time } = logMel(createRandom(4).normals(40_000, 0, 0.2), RATE, { bands: 10 });
  const linear = (band: number) => {
    let sum = 0;
    for (let t = 0; t < time; t++) sum += Math.exp(values[t * bands + band]!);
    return sum / time;
  };
  // Weights of a triangle sum to half of its base in bins; 31.25 Hz a bin. Bands of 10 from 80 to 4000 Hz.
  const mel = (f: number) => 2595 * Math.log10(1 + f / 700);
  const hertz = (m: number) => 700 * (10 ** (m / 2595) - 1);
  const edge = (i: number) => hertz(mel(80) + ((mel(4000) - mel(80)) * i) / 11);
  for (const band of [5, 7, 9]) {
    const expected = (0.04 * (edge(band + 2) - edge(band))) / 2 / 31.25;
    assert.ok(Math.abs(linear(band) / expected - 1) < 0.05, `band ${band}: ${linear(band) / expected}`);
  }
});

test('digital silence stays finite', () => {
  assert.ok(logMel(new Float32Array(1000), RATE).values.every(Number.isFinite));
});

test('frames are where they say: seconds, and those within a stretch, by brute force', () => {
  const { seconds, time } = logMel(sine(300), RATE);
  for (const stretch of [
    [0, 4000],
    [1000, 1500],
    [1001, 1129],
    [700, 700],
  ] as const) {
    const [first, end] = framesWithin(stretch, RATE);
    seconds.forEach((middle, t) => {
      const inside = middle * RATE >= stretch[0] && middle * RATE < stretch[1];
      assert.equal(t >= first && t < end, inside, `frame ${t} of ${stretch}`);
    });
  }
  assert.equal(time, 1 + Math.floor((4000 - 256) / 128));
  assert.equal(seconds[0], defaultLogMel.window / 2);
});

test('what gives no frames, or one, or no numbers, is an error that says what to do', () => {
  assert.throws(
    () => logMel(new Float32Array(100), RATE),
    /100 samples at 8000 a second gives 0 frames of 256 samples.*384/s,
  );
  assert.throws(() => logMel(new Float32Array(256), RATE), /gives 1 frame of 256.*longer recording/s);
  assert.throws(() => logMel(new Float32Array(1000).fill(Number.NaN, 7, 8), RATE), /sample 7 is NaN/);
  assert.throws(() => logMel(sine(300), RATE, { high: 5000 }), /high <= 4000 Hz/);
  assert.throws(() => logMel(sine(300), RATE, { bands: 200 }), /lies between two bins/);
  assert.throws(() => logMel(sine(300), RATE, { window: 0.0001 }), /window of at least 4 samples/);
});
