import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  beamDecode,
  coveragePenalty,
  createRandom,
  type DecoderStep,
  greedyDecode,
  initTranslator,
  lengthPenalty,
  readSources,
  repeatRows,
  teacherForce,
  translatorStep,
  useBackend,
} from 'heed';
import { assertClose, onEngines } from '../support/engines.js';

const [START, END] = [1, 2];
/** Symbols that an output of the tiny model may hold. */
const symbols = [3, 4, 5];
const longest = 3;
const options = { start: START, end: END, never: [0, START], maxLength: longest };
const sources = [[3, 4, 5, 6], [7]];
const tiny = { sourceVocab: 9, targetVocab: 6, embedding: 3, units: 4, attention: 3 };

/** A translator whose scores differ from symbol to symbol, and its decoder over the sources, each `width` times. */
function reading(seed: number, width: number, cell: 'gru' | 'lstm' = 'gru') {
  const translator = initTranslator(createRandom(seed), { ...tiny, cell });
  const { kernel } = translator.params.decoder.output;
  kernel.assign(tf.mul(kernel, 6));
  const { memory, state } = readSources(translator, sources);
  const repeated = {
    keys: repeatRows(memory.keys, width),
    values: repeatRows(memory.values, width),
    mask: repeatRows(memory.mask, width),
  };
  return { translator, state, step: translatorStep(translator, repeated) };
}

/** Every output of at most `longest` symbols. */
function allOutputs(length = longest): number[][] {
  if (length === 0) return [[]];
  const shorter = allOutputs(length - 1);
  return [
    ...shorter,
    ...shorter.filter((ids) => ids.length === length - 1).flatMap((ids) => symbols.map((id) => [...ids, id])),
  ];
}

test('penalties: closed forms', () => {
  assert.equal(lengthPenalty(9, 0), 1);
  assert.equal(lengthPenalty(1, 0.7), 1);
  assert.ok(Math.abs(lengthPenalty(7, 0.5) - Math.SQRT2) < 1e-12);
  // The first position was paid 1.5 in all, which counts as 1; the second a half; the third is padding.
  const alpha = [
    [0.75, 0.25, 0],
    [0.75, 0.25, 0],
  ];
  assert.ok(Math.abs(coveragePenalty(alpha, 2, 2) - 2 * Math.log(0.5)) < 1e-12);
  assert.ok(Number.isFinite(coveragePenalty(alpha, 2)));
});

for (const cell of ['gru', 'lstm'] as const) {
  onEngines(
    `${cell}: a beam of full width finds what enumerating all outputs finds, in the same order`,
    () => {
      // Every candidate of the deepest step has its place.
      const width = symbols.length ** longest * (symbols.length + 1);
      const { translator, state, step } = reading(3, width, cell);
      for (const [lengthExponent, coverage] of [
        [0, 0],
        [0.8, 0],
        [0.6, 0.3],
      ] as const) {
        const found = beamDecode(step, state, {
          ...options,
          width,
          best: width,
          lengthPenalty: lengthExponent,
          coveragePenalty: coverage,
          sourceLengths: sources.map(({ length }) => length),
        });
        for (const [row, source] of sources.entries()) {
          const outputs = allOutputs();
          const { logits, alphas } = teacherForce(
            translator,
            outputs.map((target) => ({ source, target })),
          );
          const scores = tf.logSoftmax(logits).arraySync();
          const paid = alphas.arraySync();
          const ranked = outputs
            .map((ids, n) => {
              const each = [...ids, END].map((id, t) => scores[n]![t]![id]!);
              const logProbability = each.reduce((sum, value) => sum + value, 0);
              const covered = coveragePenalty(paid[n]!.slice(0, ids.length), coverage, source.length);
              const covers =
                coverage === 0
                  ? 0
                  : ids.length === 0
                    ? coveragePenalty([source.map(() => 0)], coverage)
                    : covered;
              return {
                ids,
                logProbability,
                score: logProbability / lengthPenalty(each.length, lengthExponent) + covers,
              };
            })
            .sort((a, b) => b.score - a.score);
          const complete = found[row]!.filter(({ ended }) => ended);
          assert.equal(complete.length, outputs.length);
          assert.deepEqual(
            complete.map(({ ids }) => ids),
            ranked.map(({ ids }) => ids),
          );
          assertClose(
            complete.map(({ score }) => score),
            ranked.map(({ score }) => score),
            1e-4,
          );
          assertClose(
            complete.map(({ logProbability }) => logProbability),
            ranked.map(({ logProbability }) => logProbability),
            1e-4,
          );
          // Those that were cut off come after all others.
          assert.ok(found[row]!.slice(complete.length).every(({ ended }) => !ended));
        }
      }
    },
  );
}

onEngines('a beam of one is greedy decoding, cut off or not; a beam leaves nothing in memory', () => {
  for (let seed = 0; seed < 6; seed++) {
    const { state, step } = reading(seed, 1);
    const greedy = greedyDecode(step, state, options);
    const before = tf.memory().numTensors;
    const beam = beamDecode(step, state, { ...options, width: 1 });
    assert.equal(tf.memory().numTensors, before);
    for (const [row, outputs] of beam.entries()) {
      assert.equal(outputs.length, 1);
      const { score, logProbability, logProbabilities, ...same } = outputs[0]!;
      const { logProbability: expected, logProbabilities: each, ...greedyRow } = greedy[row]!;
      assert.deepEqual(same, greedyRow);
      assertClose([logProbability, score, ...logProbabilities], [expected, expected, ...each], 1e-5);
    }
  }
});

onEngines('alpha and log-probabilities of a hypothesis are its own, whatever row it went through', () => {
  const { translator, state, step } = reading(4, 4);
  const found = beamDecode(step, state, { ...options, width: 4, best: 4 });
  for (const [row, outputs] of found.entries()) {
    for (const { ids, alpha, logProbabilities } of outputs) {
      if (ids.length === 0) continue;
      const source = sources[row]!;
      const { logits, alphas } = teacherForce(translator, [{ source, target: ids }]);
      const scores = tf.logSoftmax(logits).arraySync()[0]!;
      assertClose(
        logProbabilities,
        ids.map((id, t) => scores[t]![id]!),
        1e-5,
      );
      const paid = alphas.arraySync()[0]!;
      for (const [t, weights] of alpha.entries())
        assertClose(weights.subarray(0, source.length), paid[t]!, 1e-5);
    }
  }
});

/** Scores that are the same in every step: symbol 3 is likely, the end less so. */
const constant =
  (scores: readonly number[], calls = { n: 0 }): DecoderStep =>
  (previous, state) => {
    calls.n++;
    const rows = previous.shape[0];
    return {
      logits: tf.tile(tf.tensor2d([[...scores]]), [rows, 1]),
      alpha: tf.ones([rows, 1]),
      state,
    };
  };
const initial = () => [tf.zeros<tf.Rank.R2>([1, 1])];

onEngines('steps grow with the length of the output, not with its square or the width', () => {
  const count = (maxLength: number, width: number) => {
    const calls = { n: 0 };
    const step = constant([-9, -9, -9, 2, 1], calls);
    beamDecode(step, initial(), { ...options, maxLength, width });
    return calls.n;
  };
  assert.equal(count(10, 2), 11);
  assert.equal(count(40, 2), 41);
  assert.equal(count(40, 4), 41);
});

onEngines('equal scores: the smaller symbol first, every time', () => {
  const [outputs] = beamDecode(constant([0, 0, 0, 0, 0]), initial(), {
    ...options,
    width: 3,
    best: 3,
    maxLength: 2,
  });
  assert.deepEqual(
    outputs!.map(({ ids }) => ids),
    [[], [3], [3, 3]],
  );
});

test('impossible beams are refused in words', async () => {
  await useBackend('cpu');
  const step = constant([0, 0, 0, 0]);
  const start = initial();
  const bad = (wrong: object) => () => beamDecode(step, start, { ...options, ...wrong });
  assert.throws(bad({ width: 0 }), /width must be an integer of at least 1, got 0/);
  assert.throws(bad({ width: 2.5 }), /got 2.5/);
  assert.throws(bad({ width: 2, best: 3 }), /best must be an integer from 1 to the width 2, got 3/);
  assert.throws(bad({ lengthPenalty: -1 }), /lengthPenalty must be a number of at least 0, got -1/);
  assert.throws(bad({ coveragePenalty: Number.NaN }), /coveragePenalty .* got NaN/);
  assert.throws(bad({ maxLength: 0 }), /maxLength must be a positive integer, got 0/);
  assert.throws(bad({ sourceLengths: [1, 2] }), /expected 1 sourceLengths, one a row, got 2/);
  const before = tf.memory().numTensors;
  assert.throws(
    () => beamDecode(constant([0, Number.NaN, 0, 0]), start, { ...options, width: 2 }),
    /beamDecode: the scores of step 0, row 0, are not numbers/,
  );
  assert.throws(bad({ never: [0, 1, 2, 3], width: 2 }), /nothing may follow in step 0, row 0/);
  assert.equal(tf.memory().numTensors, before);
  tf.dispose(start);
});
