import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom, type FrozenTones, loadTones, powerSpectrum } from 'heed';
import { placeApart } from '../../../lib/src/tasks/stretches.js';
import { pulseTrain, resonate, vowelSound } from '../../../lib/src/tasks/tones-synthesis.js';

const file = new URL('../../../datasets/tones/tones.json', import.meta.url);
const frozen = JSON.parse(readFileSync(file, 'utf8')) as FrozenTones;
const tones = loadTones(frozen);
const RATE = frozen.rate;

test("a resonator's impulse response is the closed form of its recursion", () => {
  // y[n] = A r^n sin((n + 1) w) / sin w with r = exp(-pi b / rate), w = 2 pi f / rate: the poles are r exp(+-i w).
  const [frequency, bandwidth] = [900, 120];
  const impulse = new Float64Array(200);
  impulse[0] = 1;
  const output = resonate(impulse, { frequency, bandwidth }, RATE);
  const r = Math.exp((-Math.PI * bandwidth) / RATE);
  const w = (2 * Math.PI * frequency) / RATE;
  const gain = 1 - 2 * r * Math.cos(w) + r * r;
  output.forEach((value, n) => {
    assert.ok(Math.abs(value - (gain * r ** n * Math.sin((n + 1) * w)) / Math.sin(w)) < 1e-12);
  });
});

test('a resonator passes 0 Hz unchanged', () => {
  const settled = resonate(new Float64Array(4000).fill(1), { frequency: 500, bandwidth: 100 }, RATE).at(-1)!;
  assert.ok(Math.abs(settled - 1) < 1e-9);
});

test('a voice of 125 periods a second has a pulse every 64 samples', () => {
  const places = [...pulseTrain(300, 125, RATE)].flatMap((value, n) => (value === 1 ? [n] : []));
  assert.deepEqual(places, [0, 64, 128, 192, 256]);
});

test('the loudest harmonics of a vowel lie at its formants', () => {
  const formants = [500, 1500, 2500].map((frequency) => ({ frequency, bandwidth: 60 }));
  const sound = vowelSound(4096, { formants, pitch: 125, rate: RATE });
  const power = powerSpectrum(4096)(sound);
  const harmonic = (k: number) => power[k * 64]!;
  for (const nearest of [4, 12, 20]) {
    for (const beside of [nearest - 2, nearest + 2])
      assert.ok(harmonic(nearest) > 3 * harmonic(beside), `harmonic ${nearest} against ${beside}`);
  }
});

test('without noise to speak of, all sound lies in the known stretches, and the vowel in its own', () => {
  const drawn = tones.sample(createRandom(3), 50, { signalToNoise: [80, 80] });
  for (const { samples, stretch: known, others } of drawn) {
    const stretch = known!;
    const inside = (n: number) => [stretch, ...others].some(([start, end]) => n >= start && n < end);
    const power = (keep: (n: number) => boolean) => {
      const kept = [...samples].filter((_, n) => keep(n));
      return kept.reduce((sum, value) => sum + value * value, 0) / kept.length;
    };
    const [start, end] = stretch;
    assert.ok(power((n) => n >= start && n < end) > 1e6 * power((n) => !inside(n)));
    for (const [from, to] of others) assert.ok(to <= start || from >= end, 'the vowel stands alone');
  }
});

test('the noise is as far below the vowel as asked', () => {
  const [tone] = tones.sample(createRandom(4), 1, { seconds: 10, signalToNoise: [6, 6] });
  const { samples, others } = tone!;
  const stretch = tone!.stretch!;
  const mean = (from: number, to: number) =>
    samples.subarray(from, to).reduce((sum, value) => sum + value * value, 0) / (to - from);
  const quiet = [...samples.keys()].filter((n) => [stretch, ...others].every(([a, b]) => n < a || n >= b));
  const noise = quiet.reduce((sum, n) => sum + samples[n]! ** 2, 0) / quiet.length;
  const decibels = 10 * Math.log10((mean(...stretch) - noise) / noise);
  assert.ok(Math.abs(decibels - 6) < 0.5, `${decibels} dB`);
});

test('the same seed gives the same recordings; labels come equally often', () => {
  assert.deepEqual(tones.sample(createRandom(5), 2), tones.sample(createRandom(5), 2));
  const counts = new Array(5).fill(0);
  for (const { label } of tones.sample(createRandom(6), 300, { seconds: 0.8 })) counts[label]++;
  // 60 each; five standard deviations are 35.
  assert.ok(
    counts.every((count) => Math.abs(count - 60) < 35),
    counts.join(),
  );
});

test('pieces are placed inside, apart, and everywhere', () => {
  const random = createRandom(7);
  const firsts = new Set<number>();
  for (let i = 0; i < 500; i++) {
    const places = placeApart(random, 12, [3, 2, 4]);
    const taken = places.flatMap(([a, b]) => Array.from({ length: b - a }, (_, k) => a + k));
    assert.equal(new Set(taken).size, 9);
    assert.ok(taken.every((n) => n >= 0 && n < 12));
    assert.deepEqual(
      places.map(([a, b]) => b - a),
      [3, 2, 4],
    );
    firsts.add(places[0]![0]);
  }
  // By all orders and gaps: the piece of 3 can stand at 0 ... 9.
  assert.deepEqual(
    [...firsts].sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  assert.throws(() => placeApart(random, 5, [3, 3]), /3, 3 do not fit into 5/);
});

test('recordings without a vowel have the label after the last and no stretch; the rest is as before', () => {
  const drawn = tones.sample(createRandom(8), 60, { nothing: 0.5, seconds: 0.8 });
  const silent = drawn.filter(({ stretch }) => stretch === null);
  // 30 of 60; five standard deviations are 19.
  assert.ok(Math.abs(silent.length - 30) < 19);
  for (const { label, stretch } of drawn) assert.equal(label === 5, stretch === null);
});

test('choices that cannot be are refused', () => {
  const random = createRandom(1);
  assert.throws(() => tones.sample(random, 0), /0 recordings: expected a whole number from 1/);
  assert.throws(() => tones.sample(random, 1, { seconds: 0.5 }), /0.5 s: expected 0.8 to 60/);
  assert.throws(() => tones.sample(random, 1, { signalToNoise: [3, 1] }), /3 to 1 dB/);
  assert.throws(() => tones.sample(random, 1, { nothing: 2 }), /share from 0 to 1, got 2/);
  assert.throws(() => loadTones({ ...frozen, version: 2 }), /expected name "tones", version 1/);
});
