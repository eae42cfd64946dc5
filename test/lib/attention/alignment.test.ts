import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import {
  type AlignmentConfig,
  additiveWeights,
  countParams,
  createAlignment,
  createRandom,
  disposeParams,
  initAlignment,
  mixValues,
} from 'heed';
import { assertClose, onEngines, wave } from '../support/engines.js';
import { sum } from './by-hand.js';

const SCORES = [
  'additive',
  'dot',
  'scaled dot',
  'general',
  'concat',
  'location',
  'cosine',
  'location-sensitive',
  'coverage',
] as const;
const WAYS: readonly Partial<AlignmentConfig>[] = [
  { normalise: 'softmax' },
  { normalise: 'sparsemax' },
  { normalise: 'entmax15' },
  { normalise: 'softmax', window: 'local-m', radius: 1 },
  { normalise: 'entmax15', window: 'local-p', radius: 2 },
  { normalise: 'monotonic' },
  { normalise: 'hard monotonic' },
];
/** Coverage goes on from a sum, a monotonic reader from the last alpha: not both. */
const possible = ({ score, normalise }: Partial<AlignmentConfig>) =>
  score !== 'coverage' || !normalise!.includes('monotonic');
const everything = SCORES.flatMap((score) => WAYS.map((way) => ({ score, ...way }))).filter(possible);
const sizes = { query: 4, key: 4, units: 5 };

const queries = () => wave<tf.Rank.R3>(1, 2, 3, 4);
const values = () => wave<tf.Rank.R3>(2, 2, 6, 4);
const mask = () => tf.tensor2d([1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0], [2, 6]);

function made(config: Partial<AlignmentConfig>) {
  const alignment = createAlignment(config, initAlignment(createRandom(3), config, sizes));
  return { alignment, memory: alignment.remember({ values: values(), mask: mask() }) };
}

onEngines('every combination: rows sum to 1, padding gets exactly 0, the context is the mixture', () => {
  for (const config of everything) {
    const { alignment, memory } = made(config);
    const { alpha, context } = alignment.lookAll(queries(), memory, undefined, { check: true });
    const real = mask().arraySync();
    for (const [b, rows] of alpha.arraySync().entries()) {
      for (const row of rows) {
        assert.ok(Math.abs(sum(row) - 1) < 1e-5, `${alignment.name}: ${row}`);
        for (const [j, weight] of row.entries()) {
          assert.ok(weight >= 0);
          if (real[b]![j] === 0) assert.equal(weight, 0, alignment.name);
        }
      }
    }
    assertClose(context, tf.matMul(alpha, values()).dataSync(), 1e-6);
  }
});

onEngines('every combination: one look after the other gives what all at once give', () => {
  for (const config of everything) {
    const { alignment, memory } = made(config);
    const all = alignment.lookAll(queries(), memory);
    let state = alignment.start(memory);
    for (const [t, query] of (tf.unstack(queries(), 1) as tf.Tensor2D[]).entries()) {
      const one = alignment.look(query, memory, state);
      state = one.state;
      const at = <T extends tf.Tensor3D>(x: T) => x.slice([0, t, 0], [2, 1, x.shape[2]]).dataSync();
      assertClose(one.alpha, at(all.alpha), 1e-5, `${alignment.name} alpha ${t}`);
      assertClose(one.context, at(all.context), 1e-5, `${alignment.name} context ${t}`);
    }
    assert.equal(state.step, 3);
    assert.equal(all.state.step, 3);
    assertClose(all.state.alpha, state.alpha.dataSync(), 1e-5, alignment.name);
    // In two parts, the second going on where the first ended.
    const head = alignment.lookAll(queries().slice([0, 0, 0], [2, 2, 4]), memory);
    const tail = alignment.lookAll(queries().slice([0, 2, 0], [2, 1, 4]), memory, head.state);
    assertClose(tail.alpha, all.alpha.slice([0, 2, 0], [2, 1, 6]).dataSync(), 1e-5, alignment.name);
  }
});

onEngines('every parameter of every combination gets a gradient (the hard reader gives none)', () => {
  for (const config of everything.filter(({ normalise }) => normalise !== 'hard monotonic')) {
    const params = initAlignment(createRandom(3), config, sizes);
    if (Object.keys(params).length === 0) continue;
    const alignment = createAlignment(config, params);
    const { grads } = tf.variableGrads(() => {
      const memory = alignment.remember({ values: values(), mask: mask() });
      return alignment.lookAll(queries(), memory).context.square().sum() as tf.Scalar;
    }, Object.values(params));
    for (const [name, variable] of Object.entries(params)) {
      const size = grads[variable.name]!.abs().sum().dataSync()[0]!;
      // Sparse weights may all lie on one position, where nothing moves.
      const flat = config.normalise === 'sparsemax' || config.normalise === 'entmax15';
      assert.ok(Number.isFinite(size) && (flat || size > 0), `${alignment.name} ${name}: ${size}`);
    }
  }
});

onEngines('an alpha of your own: the context is the mixture, and the state takes it on', () => {
  const { alignment, memory } = made({ score: 'location-sensitive' });
  const [first, second] = tf.unstack(queries(), 1) as [tf.Tensor2D, tf.Tensor2D];
  const state = alignment.look(first, memory, alignment.start(memory)).state;
  const forced = tf.tensor2d([0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], [2, 6]);
  const expected = [values().arraySync()[0]![4]!, values().arraySync()[1]![2]!];
  assertClose(mixValues(forced, values()), expected.flat(), 1e-6);
  const before = alignment.look(second, memory, state).alpha.dataSync();
  const after = alignment.look(second, memory, { ...state, alpha: forced }).alpha.dataSync();
  assert.ok(before.some((weight, n) => Math.abs(weight - after[n]!) > 1e-4));
});

onEngines('the expected reader and the hard one share their parameters', () => {
  const config = { score: 'general', normalise: 'monotonic' } as const;
  const params = initAlignment(createRandom(1), config, sizes);
  const hard = createAlignment({ ...config, normalise: 'hard monotonic' }, params);
  const memory = hard.remember({ values: values(), mask: mask() });
  const weights = new Set(hard.lookAll(queries(), memory).alpha.dataSync());
  assert.deepEqual([...weights].sort(), [0, 1]);
});

onEngines('noise comes from the randomness that is passed, and only then', () => {
  const { alignment, memory } = made({ normalise: 'monotonic' });
  const query = tf.unstack(queries(), 1)[0] as tf.Tensor2D;
  const alpha = (seed?: number) =>
    Array.from(
      alignment
        .look(
          query,
          memory,
          alignment.start(memory),
          seed === undefined ? {} : { random: createRandom(seed) },
        )
        .alpha.dataSync(),
    );
  assert.deepEqual(alpha(1), alpha(1));
  assert.notDeepEqual(alpha(1), alpha(2));
  assert.notDeepEqual(alpha(1), alpha());
  assert.deepEqual(alpha(), alpha());
});

onEngines(
  'parameters: only what is needed, the same for the same seed, as many as the equations have',
  () => {
    const count = (config: Partial<AlignmentConfig>) => {
      const params = initAlignment(createRandom(1), config, { query: 4, key: 4, units: 5 });
      const size = Object.keys(params).length === 0 ? 0 : countParams(params);
      disposeParams(params);
      return size;
    };
    assert.deepEqual(
      SCORES.map((score) => count({ score, longest: 9, filters: 2, filterWidth: 3 })),
      [45, 0, 0, 16, 45, 36, 16 + 4 + 1, 45 + 6 + 10 + 5, 45 + 5 + 5],
    );
    assert.equal(count({ score: 'dot', window: 'local-p' }), 20 + 5);
    assert.equal(count({ score: 'dot', normalise: 'monotonic' }), 1);
    // One matrix over query and key: Glorot's limit counts the rows of both; with two matrices each its own.
    const largest = (score: 'additive' | 'concat') =>
      initAlignment(createRandom(2), { score }, { query: 40, key: 60, units: 20 })
        .queryKernel!.abs()
        .max()
        .dataSync()[0]!;
    for (const [score, limit] of [
      ['additive', Math.sqrt(6 / (40 + 20))],
      ['concat', Math.sqrt(6 / (40 + 60 + 20))],
    ] as const) {
      assert.ok(largest(score) <= limit && largest(score) > 0.95 * limit, `${score}: ${largest(score)}`);
    }
    const again = () => initAlignment(createRandom(5), { score: 'cosine' }, sizes).queryKernel!.dataSync();
    assert.deepEqual(again(), again());
  },
);

onEngines("only Bahdanau's own form has the weights of the whole-sequence decoders", () => {
  const weights = (config: Partial<AlignmentConfig>) =>
    additiveWeights(config, initAlignment(createRandom(1), config, sizes));
  assert.deepEqual(Object.keys(weights({})!).sort(), ['keyKernel', 'queryKernel', 'vector']);
  assert.ok(weights({ score: 'concat' }) !== null);
  for (const other of [{ score: 'general' }, { normalise: 'sparsemax' }, { window: 'local-m' }] as const) {
    assert.equal(weights(other), null);
  }
});

onEngines('looking leaves nothing behind but what it returns', () => {
  for (const config of everything) {
    const params = initAlignment(createRandom(3), config, sizes);
    const alignment = createAlignment(config, params);
    const [v, m, q] = [values(), mask(), queries()];
    const query = tf.unstack(q, 1)[0] as tf.Tensor2D;
    const before = tf.memory().numTensors;
    const memory = alignment.remember({ values: v, mask: m });
    const state = alignment.start(memory);
    const one = alignment.look(query, memory, state);
    tf.dispose([one.alpha, one.context, one.state.alpha, state.alpha]);
    const all = alignment.lookAll(q, memory);
    tf.dispose([all.alpha, all.context, all.state.alpha]);
    // dot has nothing to project: its keys are the values themselves.
    if (memory.keys !== v) memory.keys.dispose();
    assert.equal(tf.memory().numTensors, before, alignment.name);
    disposeParams(params);
  }
});

onEngines('bad configs, parameters, masks and numbers are errors that say what to do', () => {
  const init = (config: object, other = sizes) => initAlignment(createRandom(1), config, other);
  assert.throws(() => init({ score: 'luong' }), /unknown score "luong"; known are additive, dot/);
  assert.throws(() => init({ normalise: 'softmin' }), /unknown normalise "softmin"/);
  assert.throws(() => init({ window: 'local-p', radius: 0 }), /radius must be an integer >= 1, got 0/);
  assert.throws(() => init({ filterWidth: 4 }), /filterWidth must be odd/);
  assert.throws(() => init({ noise: Number.NaN }), /noise >= 0, got -1 and NaN/);
  assert.throws(
    () => init({ normalise: 'monotonic', window: 'local-m' }),
    /goes through the source by itself and takes no window/,
  );
  assert.throws(
    () => init({ score: 'dot' }, { query: 4, key: 8, units: 5 }),
    /got a query of 4 units and keys of 8; use the score "general"/,
  );
  assert.throws(
    () => createAlignment({ score: 'general' }, {}),
    /the score "general" needs the parameter\(s\) kernel, got none; make them by initAlignment/,
  );
  assert.throws(
    () => createAlignment({ normalise: 'monotonic' }, init({})),
    /needs the parameter\(s\) offset, got queryKernel, keyKernel, vector/,
  );
  const { alignment, memory } = made({ score: 'dot' });
  assert.throws(
    () => alignment.remember({ values: values(), mask: tf.zeros([2, 6]) }),
    /row 0 is all padding, there is no position to attend to/,
  );
  const query = tf.tensor2d([1, 1, 1, 1, 1, Number.NaN, 1, 1], [2, 4]);
  assert.throws(
    () => alignment.look(query, memory, alignment.start(memory), { check: true }),
    /dot, softmax: the score of row 1, output 0, position 1 is NaN, not a finite number/,
  );
  assert.throws(
    () => alignment.look(tf.ones([3, 4]), memory, alignment.start(memory)),
    /dot, softmax query: expected shape \[batch 2, units\], got \[3, 4\]/,
  );
});
