import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import type { Direction, RnnActivation } from '../../../../lib/src/backend/sequences.js';
import { sequenceGradientOps } from '../../../../lib/src/recurrent/gradient/index.js';
import { referenceGru, referenceLstm, referenceRnn } from '../../../../lib/src/recurrent/reference.js';
import { referenceGruDecoder, referenceLstmDecoder } from '../../../../lib/src/seq2seq/reference.js';
import { distance, on, startWasm } from '../../backend/engines.js';

const [time, batch, features, units, source, attentionUnits, values] = [6, 5, 3, 4, 7, 6, 5];

const referenceOps: typeof sequenceGradientOps = {
  rnn: referenceRnn,
  gru: referenceGru,
  lstm: referenceLstm,
  gruDecoder: referenceGruDecoder,
  lstmDecoder: referenceLstmDecoder,
};
type Ops = typeof sequenceGradientOps;

const random = (shape: number[], seed: number, scale = 0.6) =>
  tf.randomNormal(shape, 0, scale, 'float32', seed);

/** Lengths 6, 3, 1, 0, 5: a full row, an empty one, and some between. */
const ragged = () =>
  tf
    .tensor2d([6, 3, 1, 0, 5].map((n) => Array.from({ length: time }, (_, t) => Number(t < n))))
    .transpose() as tf.Tensor2D;
/** Padding before and between: nothing says that it comes last. */
const holes = () =>
  tf
    .tensor2d([1, 2, 3, 5, 7].map((n) => Array.from({ length: time }, (_, t) => Number((t * n) % 3 !== 1))))
    .transpose() as tf.Tensor2D;
const sourceMask = () =>
  tf.tensor2d([7, 3, 1, 6, 2].map((n) => Array.from({ length: source }, (_, s) => Number(s < n))));

interface Case {
  readonly name: string;
  /** shapes of what gradients flow to */
  readonly shapes: Readonly<Record<string, number[]>>;
  run(ops: Ops, x: Readonly<Record<string, tf.Tensor>>): tf.Tensor[];
}

function weightShapes(gates: number, inputs = features): Record<string, number[]> {
  return {
    kernel: [inputs, gates * units],
    recurrentKernel: [units, gates * units],
    bias: [gates * units],
    ...(gates === 3 && { recurrentBias: [gates * units] }),
  };
}

const sequenceCases: Case[] = [];
for (const direction of ['forward', 'backward'] as Direction[]) {
  for (const [maskName, mask] of [
    ['no mask', () => null],
    ['ragged', ragged],
    ['holes', holes],
  ] as const) {
    const name = `${direction}, ${maskName}`;
    const common = { inputs: [time, batch, features], hidden: [batch, units] };
    for (const activation of ['tanh', 'relu', 'linear'] as RnnActivation[]) {
      sequenceCases.push({
        name: `rnn ${activation}, ${name}`,
        shapes: { ...weightShapes(1), ...common },
        run: (ops, x) => [
          ops.rnn(
            x as never,
            x.inputs as tf.Tensor3D,
            x.hidden as tf.Tensor2D,
            mask(),
            direction,
            activation,
          ),
        ],
      });
    }
    sequenceCases.push({
      name: `gru, ${name}`,
      shapes: { ...weightShapes(3), ...common },
      run: (ops, x) => [
        ops.gru(x as never, x.inputs as tf.Tensor3D, x.hidden as tf.Tensor2D, mask(), direction),
      ],
    });
    sequenceCases.push({
      name: `lstm, ${name}`,
      shapes: { ...weightShapes(4), ...common, cell: [batch, units] },
      run: (ops, x) => {
        const { hidden, cell } = ops.lstm(x as never, x.inputs as tf.Tensor3D, x as never, mask(), direction);
        return [hidden, cell];
      },
    });
  }
}

const decoderCases: Case[] = [];
for (const [maskName, mask] of [
  ['no mask', () => null],
  ['masked', sourceMask],
] as const) {
  const common = {
    previous: [time, batch, features],
    hidden: [batch, units],
    queryKernel: [units, attentionUnits],
    vector: [attentionUnits],
    keys: [batch, source, attentionUnits],
    values: [batch, source, values],
  };
  const parts = (x: Readonly<Record<string, tf.Tensor>>) =>
    [
      { attention: x, cell: x },
      x.previous,
      { keys: x.keys, values: x.values, mask: mask() },
    ] as unknown as Parameters<Ops['lstmDecoder']>;
  decoderCases.push({
    name: `gru decoder, ${maskName}`,
    shapes: { ...weightShapes(3, features + values), ...common },
    run: (ops, x) => {
      const [weights, previous, memory] = parts(x);
      const { states, contexts, alphas } = ops.gruDecoder(
        weights as never,
        previous,
        memory,
        x.hidden as tf.Tensor2D,
      );
      return [states, contexts, alphas];
    },
  });
  decoderCases.push({
    name: `lstm decoder, ${maskName}`,
    shapes: { ...weightShapes(4, features + values), ...common, cell: [batch, units] },
    run: (ops, x) => {
      const { states, contexts, alphas, cells } = ops.lstmDecoder(
        ...(parts(x).slice(0, 3) as [never, never, never]),
        x as never,
      );
      return [states, contexts, alphas, cells];
    },
  });
}

const operands = ({ shapes }: Case): tf.Tensor[] =>
  Object.values(shapes).map((shape, k) => random(shape, 11 + k));

/** A fixed random functional of all outputs, so that gradients flow from each. */
function loss(test: Case, ops: Ops, args: tf.Tensor[]): tf.Scalar {
  const outputs = test.run(
    ops,
    Object.fromEntries(Object.keys(test.shapes).map((name, k) => [name, args[k]!])),
  );
  return tf.addN(
    outputs.map((output, k) => tf.sum(tf.mul(output, random(output.shape, 90 + k, 1)))),
  ) as tf.Scalar;
}

/** Outputs, then gradients, as numbers. */
function everything(test: Case, ops: Ops): Float32Array[] {
  return tf.tidy(() => {
    const args = operands(test);
    const outputs = test.run(
      ops,
      Object.fromEntries(Object.keys(test.shapes).map((name, k) => [name, args[k]!])),
    );
    const gradients = tf.grads((...xs: tf.Tensor[]) => loss(test, ops, xs))(args);
    return [...outputs, ...gradients].map((t) => t.dataSync() as Float32Array);
  });
}

describe('whole-sequence gradients', () => {
  before(startWasm);

  for (const backend of ['wasm', 'cpu']) {
    for (const test of [...sequenceCases, ...decoderCases]) {
      it(`${test.name}: values and gradients are the reference's on ${backend}`, () =>
        on(backend, () => {
          const got = everything(test, sequenceGradientOps);
          const expected = everything(test, referenceOps);
          assert.equal(got.length, expected.length);
          const outputs = got.length - Object.keys(test.shapes).length;
          for (const [k, values] of got.entries()) {
            const what = k < outputs ? `output ${k}` : `gradient of ${Object.keys(test.shapes)[k - outputs]}`;
            assert.ok(
              distance(values, expected[k]!) < 1e-5,
              `${what} is off by ${distance(values, expected[k]!)}`,
            );
          }
        }));
    }
  }

  // Independent of any derivative: five-point differences of the reference along a random direction of each operand.
  for (const test of [...sequenceCases, ...decoderCases].filter(
    ({ name }) => /ragged|masked/.test(name) && !name.includes('relu'),
  )) {
    it(`${test.name}: gradients agree with finite differences`, () =>
      on('wasm', () =>
        tf.tidy(() => {
          const args = operands(test);
          const gradients = tf.grads((...xs: tf.Tensor[]) => loss(test, sequenceGradientOps, xs))(args);
          const step = 2e-2;
          args.forEach((arg, k) => {
            const direction = random(arg.shape, 50 + k, 1 / Math.sqrt(arg.size));
            const at = (n: number) => {
              const moved = args.map((x, j) => (j === k ? tf.add(x, tf.mul(direction, n * step)) : x));
              return loss(test, referenceOps, moved).dataSync()[0]!;
            };
            const numeric = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step);
            const exact = tf.sum(tf.mul(gradients[k]!, direction)).dataSync()[0]!;
            const name = Object.keys(test.shapes)[k];
            assert.ok(
              Math.abs(exact - numeric) < 2e-3 * Math.max(1, Math.abs(exact)),
              `${name}: ${exact} against ${numeric}`,
            );
          });
        }),
      ));
  }

  it('pay padding exactly nothing', () =>
    on('wasm', () =>
      tf.tidy(() => {
        const test = decoderCases.find(({ name }) => name === 'lstm decoder, masked')!;
        const x = Object.fromEntries(
          Object.keys(test.shapes).map((name, k) => [name, random(test.shapes[name]!, 11 + k, 3)]),
        );
        const alphas = test.run(sequenceGradientOps, x)[2]!;
        assert.equal(tf.max(tf.mul(alphas, tf.sub(1, sourceMask()))).dataSync()[0], 0);
        assert.ok(distance(tf.sum(alphas, 2).dataSync(), new Float32Array(time * batch).fill(1)) < 1e-6);
      }),
    ));

  it('work for a single step and a batch of one', () =>
    on('wasm', () =>
      tf.tidy(() => {
        const weights = {
          kernel: random([3, 8], 1),
          recurrentKernel: random([2, 8], 2),
          bias: random([8], 3),
        } as never;
        const inputs = random([1, 1, 3], 4) as tf.Tensor3D;
        const initial = { hidden: random([1, 2], 5), cell: random([1, 2], 6) } as never;
        const run = (ops: Ops) =>
          tf
            .grad((x) => ops.lstm(weights, x as tf.Tensor3D, initial, null, 'forward').hidden)(inputs)
            .dataSync();
        assert.ok(distance(run(sequenceGradientOps), run(referenceOps)) < 1e-6);
      }),
    ));

  it('leave no tensor behind, with and without a gradient', () =>
    on('wasm', () => {
      for (const test of [...sequenceCases, ...decoderCases]) {
        const { numTensors } = tf.memory();
        everything(test, sequenceGradientOps);
        assert.equal(tf.memory().numTensors, numTensors, test.name);
      }
    }));

  it('refuse a second derivative in words', () =>
    on('wasm', () =>
      tf.tidy(() => {
        const test = sequenceCases.find(({ name }) => name.startsWith('gru'))!;
        const args = operands(test);
        const first = (x: tf.Tensor) =>
          tf.grad((y) => loss(test, sequenceGradientOps, [...args.slice(0, 4), y, args[5]!]))(x);
        assert.throws(() => tf.grad(first)(args[4]!), /no second derivative/);
      }),
    ));
});
