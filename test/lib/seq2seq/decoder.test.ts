import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import {
  attentionMemory,
  createRandom,
  type DecoderConfig,
  decodeSteps,
  flattenParams,
  initDecoder,
  startDecoder,
} from 'heed';
import { assertClose, onEngines, wave } from '../support/engines.js';

/** Every kind of decoder that differs in its way through the code. */
const kinds: readonly (Partial<DecoderConfig> & { readonly cell: DecoderConfig['cell'] })[] = [
  { cell: 'gru' },
  { cell: 'lstm' },
  { cell: 'rnn' },
  { cell: 'lstm', layers: 2 },
  { cell: 'gru', alignment: { score: 'scaled dot' } },
  { cell: 'gru', alignment: { score: 'location-sensitive' } },
  { cell: 'gru', alignment: { score: 'coverage' } },
  { cell: 'gru', alignment: { normalise: 'monotonic' } },
  { cell: 'gru', look: 'after', alignment: { score: 'general', normalise: 'sparsemax' } },
  { cell: 'gru', look: 'after', alignment: { score: 'general', window: 'local-m', radius: 1 } },
  { cell: 'lstm', look: 'after', inputFeeding: true, layers: 2, alignment: { window: 'local-p' } },
  { cell: 'gru', look: 'after', alignment: { score: 'location-sensitive' } },
  { cell: 'gru', look: 'after', alignment: { score: 'coverage' } },
  { cell: 'lstm', look: 'after', layers: 2, copy: true },
  { cell: 'lstm', look: 'never', layers: 2 },
  { cell: 'gru', look: 'never' },
];
const named = ({ alignment, ...kind }: (typeof kinds)[number]) =>
  Object.values({ ...kind, ...alignment }).join(' ');

/** A decoder over sources of three and two symbols, and a way to step it. */
function build(kind: (typeof kinds)[number]) {
  const units = 4;
  const params = initDecoder(createRandom(2), {
    ...kind,
    vocab: 7,
    embedding: 3,
    units,
    attention: 3,
    values: units,
  });
  const mask = tf.tensor2d([1, 1, 1, 1, 1, 0], [2, 3]);
  const annotations = wave<tf.Rank.R3>(1, 2, 3, units);
  const remember = () => attentionMemory(params, annotations, mask, kind);
  const memory = remember();
  const parts = (kind.layers ?? 1) * (kind.cell === 'lstm' ? 2 : 1);
  const cells = Array.from({ length: parts }, (_, n) => wave<tf.Rank.R2>(n, 2, units));
  const state = startDecoder(params, kind, { cells, memory, summary: wave(9, 2, units) });
  const symbols = [
    [1, 4, 5],
    [1, 6, 3],
  ];
  const previous = (from: number, to: number) =>
    tf.tensor2d(
      symbols.map((row) => row.slice(from, to)),
      [2, to - from],
      'int32',
    );
  return { params, remember, memory, state, previous };
}
const untouched = () => undefined;

for (const kind of kinds) {
  onEngines(`${named(kind)}: at once, by plain steps and one call a step are the same, gradients too`, () => {
    const { params, remember, memory, state, previous } = build(kind);
    const looks = kind.look !== 'never';
    const before = tf.memory().numTensors;
    const whole = decodeSteps(params, { ...kind, memory, state, previous: previous(0, 3) });
    const kept = [whole.logits, whole.alphas, ...whole.state, ...(whole.making ? [whole.making] : [])];
    // One for the symbols.
    assert.equal(tf.memory().numTensors - before, kept.length + 1);
    assert.equal(whole.state.length, state.length);

    const all = { ...kind, memory, state, previous: previous(0, 3) };
    if (looks) {
      const plain = decodeSteps(params, { ...all, overwrite: untouched });
      assertClose(plain.logits, whole.logits.dataSync(), 1e-5, 'logits');
      assertClose(plain.alphas, whole.alphas.dataSync(), 1e-5, 'alphas');
      for (const [n, part] of plain.state.entries()) assertClose(part, whole.state[n]!.dataSync(), 1e-5);
      const rows = whole.alphas.arraySync();
      assert.ok(rows[1]!.every((weights) => weights[2] === 0));
      assertClose(
        rows.flat().map((weights) => weights.reduce((sum, weight) => sum + weight, 0)),
        new Array(6).fill(1),
        1e-5,
      );
    }

    let at: readonly tf.Tensor2D[] = state;
    for (let time = 0; time < 3; time++) {
      const step = decodeSteps(params, { ...all, state: at, previous: previous(time, time + 1), time });
      assertClose(step.logits, whole.logits.slice([0, time, 0], [2, 1, 7]).dataSync(), 1e-5, `step ${time}`);
      assertClose(step.alphas, whole.alphas.slice([0, time, 0], [2, 1, 3]).dataSync(), 1e-5);
      at = step.state;
    }

    const variables = flattenParams(params);
    const gradients = (overwrite?: () => undefined) =>
      tf.variableGrads(
        () => {
          const steps = decodeSteps(params, { ...all, memory: remember(), overwrite });
          const sum = tf.add(tf.sum(tf.square(steps.logits)), tf.sum(tf.square(steps.alphas)));
          return tf.add(sum, steps.making ? tf.sum(steps.making) : 0).asScalar();
        },
        variables.map(([, variable]) => variable),
      ).grads;
    const fast = gradients();
    for (const [name, variable] of variables) {
      const values = fast[variable.name]!.dataSync();
      assert.ok(values.every(Number.isFinite), name);
      // A windowless offset of a monotonic reader and the like all matter; only a constant added to all scores does not.
      assert.ok(
        values.some((value) => value !== 0),
        `${name} has no gradient`,
      );
    }
    if (!looks) return;
    const plain = gradients(untouched);
    for (const [name, variable] of variables)
      assertClose(plain[variable.name]!, fast[variable.name]!.dataSync(), 2e-4, name);
  });
}

onEngines('dropout and noise: of their stream alone, and only in training', () => {
  for (const kind of [kinds[0]!, kinds[3]!, kinds[9]!, kinds[12]!]) {
    const { params, memory, state, previous } = build(kind);
    const run = (seed?: number) => {
      const training = seed === undefined ? undefined : { random: createRandom(seed), dropout: 0.5 };
      const { logits } = decodeSteps(params, { ...kind, memory, state, previous: previous(0, 3), training });
      return [...logits.dataSync()];
    };
    assert.deepEqual(run(1), run(1));
    assert.notDeepEqual(run(1), run(2));
    assert.notDeepEqual(run(1), run());
  }
});

onEngines(
  'scheduled sampling: the right symbols at 1, the own ones at 0, about half of them in between',
  () => {
    const { params, memory, state, previous } = build(kinds[0]!);
    // Scores so far apart that what is drawn is the likeliest.
    params.output.kernel.assign(tf.mul(params.output.kernel, 1000));
    const all = { cell: 'gru' as const, memory, state };
    const run = (truth: number, seed = 1) =>
      decodeSteps(params, {
        ...all,
        previous: previous(0, 3),
        training: { random: createRandom(seed), truth },
      });
    const right = decodeSteps(params, { ...all, previous: previous(0, 3) });
    assertClose(run(1).logits, right.logits.dataSync(), 1e-6);
    let symbols = previous(0, 1);
    for (let n = 0; n < 2; n++) {
      const { logits } = decodeSteps(params, { ...all, previous: symbols });
      const last = tf.argMax(logits.slice([0, n, 0], [2, 1, 7]), 2) as tf.Tensor2D;
      symbols = tf.concat([symbols, last.cast('int32')], 1);
    }
    const own = decodeSteps(params, { ...all, previous: symbols });
    const close = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]! < 1e-2;
    assert.ok(close(run(0).logits, own.logits));
    assert.ok(!close(own.logits, right.logits));
    // The second symbol of the first row: right or drawn, by a fair coin.
    const second = (logits: tf.Tensor3D) => logits.slice([0, 1, 0], [1, 1, 7]);
    const heads = Array.from({ length: 60 }, (_, seed) =>
      close(second(run(0.5, seed).logits), second(right.logits)),
    ).filter(Boolean).length;
    // 60 fair coins: 30 with a deviation of 3.9; four of them.
    assert.ok(heads > 14 && heads < 46, `${heads} of 60`);
    assert.throws(() => run(1.5), /chance of the right symbol must be from 0 to 1, got 1.5/);
  },
);

onEngines('decoders that make no sense are refused in words', () => {
  const sizes = { vocab: 5, embedding: 2, units: 3, attention: 2, values: 6, cell: 'gru' as const };
  const init = (kind: object) => () => initDecoder(createRandom(0), { ...sizes, ...kind });
  assert.throws(init({ look: 'sideways' }), /unknown look "sideways"; known are before, after, never/);
  assert.throws(init({ layers: 0 }), /layers must be an integer of at least 1, got 0/);
  assert.throws(init({ inputFeeding: true }), /input feeding .* only look "after" has; got look "before"/);
  assert.throws(init({ look: 'never', copy: true }), /copying takes alpha/);
  assert.throws(
    init({ alignment: { score: 'dot' } }),
    /query of 3 units and keys of 6; use the score "general"/,
  );
  assert.throws(init({ cell: 'cnn' }), /Unknown cell "cnn": known are gru, lstm, rnn/);
  const { params, memory, state, previous } = build({ cell: 'gru' });
  const steps = (more: object) => () =>
    decodeSteps(params, { cell: 'gru', memory, state, previous: previous(0, 1), ...more });
  assert.throws(steps({ cell: 'lstm' }), /expected a state of 2 tensors \(2 of the cells\), got 1/);
  assert.throws(steps({ look: 'after' }), /made for another look than "after"/);
  assert.throws(steps({ look: 'never', overwrite: untouched }), /no alpha that could be overwritten/);
});
