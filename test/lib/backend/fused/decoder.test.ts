import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { fusedOps } from '../../../../lib/src/backend/fused/index.js';
import type { AttentionMemory } from '../../../../lib/src/backend/sequences.js';
import {
  compareGradients,
  gruStep,
  lengthsMask,
  lstmStep,
  numbers,
  plainDecoder,
  useFused,
} from './plain.js';

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;
type T3 = tf.Tensor3D;

interface Sizes {
  readonly time: number;
  readonly batch: number;
  readonly source: number;
  readonly embedding: number;
  readonly width: number;
  readonly attention: number;
  readonly units: number;
}

const cases: Sizes[] = [
  { time: 1, batch: 1, source: 1, embedding: 1, width: 1, attention: 1, units: 1 },
  { time: 3, batch: 2, source: 7, embedding: 3, width: 5, attention: 9, units: 7 },
  { time: 7, batch: 3, source: 4, embedding: 33, width: 33, attention: 33, units: 3 },
  { time: 2, batch: 7, source: 33, embedding: 4, width: 16, attention: 8, units: 12 },
];

const names = [
  ...['previous', 'keys', 'values', 'queryKernel', 'vector'],
  ...['kernel', 'recurrentKernel', 'bias', 'hidden', 'recurrentBias or cell'],
];

/** In the order of `names`. */
function tensors(gates: number, sizes: Sizes): tf.Tensor[] {
  const { time, batch, source, embedding, width, attention, units } = sizes;
  const draw = numbers(21);
  const wide = gates * units;
  return [
    draw([time, batch, embedding]),
    draw([batch, source, attention]),
    draw([batch, source, width]),
    draw([units, attention], 0.7),
    draw([attention], 0.9),
    draw([embedding + width, wide], 0.4),
    draw([units, wide], 0.4),
    draw([wide], 0.3),
    draw([batch, units], 0.8),
    gates === 3 ? draw([wide], 0.3) : draw([batch, units], 0.8),
  ];
}

/** A mask `[batch, source]` with lengths from 1 to source. */
const sourceMask = ({ batch, source }: Sizes) => lengthsMask(source, batch).transpose() as T2;

before(useFused);

for (const sizes of cases) {
  for (const masked of [true, false]) {
    const label = `${Object.values(sizes).join(', ')}${masked ? ', masked' : ''}`;
    const memory = (keys: tf.Tensor, values: tf.Tensor): AttentionMemory => ({
      keys: keys as T3,
      values: values as T3,
      mask: masked ? sourceMask(sizes) : null,
    });

    it(`LSTM decoder (${label})`, () => {
      const split = ([
        x,
        keys,
        values,
        queryKernel,
        vector,
        kernel,
        recurrentKernel,
        bias,
        hidden,
        cell,
      ]: tf.Tensor[]) => ({
        attention: { queryKernel: queryKernel as T2, vector: vector as T1 },
        cell: { kernel: kernel as T2, recurrentKernel: recurrentKernel as T2, bias: bias as T1 },
        previous: x as T3,
        memory: memory(keys!, values!),
        initial: { hidden: hidden as T2, cell: cell as T2 },
      });
      const plain = (...all: tf.Tensor[]) => {
        const { attention, cell, previous, memory, initial } = split(all);
        const start: [tf.Tensor, tf.Tensor] = [initial.hidden, initial.cell];
        return plainDecoder(attention, previous, memory, start, (x, state) => lstmStep(cell, x, state));
      };
      const fused = (...all: tf.Tensor[]) => {
        const { previous, memory, initial, ...weights } = split(all);
        const { states, contexts, alphas, cells } = fusedOps.lstmDecoder(weights, previous, memory, initial);
        return [states, contexts, alphas, cells];
      };
      compareGradients(plain, fused, tensors(4, sizes), names);
    });

    it(`GRU decoder (${label})`, () => {
      const split = ([
        x,
        keys,
        values,
        queryKernel,
        vector,
        kernel,
        recurrentKernel,
        bias,
        hidden,
        other,
      ]: tf.Tensor[]) => ({
        attention: { queryKernel: queryKernel as T2, vector: vector as T1 },
        cell: {
          kernel: kernel as T2,
          recurrentKernel: recurrentKernel as T2,
          bias: bias as T1,
          recurrentBias: other as T1,
        },
        previous: x as T3,
        memory: memory(keys!, values!),
        initial: hidden as T2,
      });
      const plain = (...all: tf.Tensor[]) => {
        const { attention, cell, previous, memory, initial } = split(all);
        const step = (x: tf.Tensor, [h]: [tf.Tensor]): [tf.Tensor] => [gruStep(cell, x, h)];
        return plainDecoder(attention, previous, memory, [initial] as [tf.Tensor], step);
      };
      const fused = (...all: tf.Tensor[]) => {
        const { previous, memory, initial, ...weights } = split(all);
        const { states, contexts, alphas } = fusedOps.gruDecoder(weights, previous, memory, initial);
        return [states, contexts, alphas];
      };
      compareGradients(plain, fused, tensors(3, sizes), names);
    });
  }
}

describe('what a decoder promises', () => {
  const sizes = cases[1]!;
  const run = (mask: T2 | null, queries = 1) => {
    const [
      previous,
      keys,
      values,
      queryKernel,
      vector,
      kernel,
      recurrentKernel,
      bias,
      hidden,
      recurrentBias,
    ] = tensors(3, sizes);
    const weights = {
      attention: { queryKernel: queryKernel!.mul(queries) as T2, vector: vector as T1 },
      cell: { kernel, recurrentKernel, bias, recurrentBias } as never,
    };
    const memory = { keys: keys as T3, values: values as T3, mask };
    return fusedOps.gruDecoder(weights, previous as T3, memory, hidden as T2);
  };

  it('pays exactly nothing to padding and sums to one over the rest', () => {
    const mask = sourceMask(sizes);
    const alphas = run(mask).alphas.arraySync();
    const real = mask.arraySync();
    for (const step of alphas) {
      for (const [b, row] of step.entries()) {
        for (const [s, alpha] of row.entries()) assert.equal(alpha === 0, real[b]![s] === 0);
        assert.ok(Math.abs(row.reduce((sum, alpha) => sum + alpha, 0) - 1) < 1e-6);
      }
    }
  });

  it('stays finite where every tanh is saturated', () => {
    const { alphas, states } = run(null, 1e4);
    for (const value of [...alphas.dataSync(), ...states.dataSync()]) assert.ok(Number.isFinite(value));
  });

  it('gives the same bits again', () => {
    assert.deepEqual(run(null).states.dataSync(), run(null).states.dataSync());
  });

  it('leaves no tensor behind', () => {
    const step = () =>
      tf.tidy(() => {
        run(sourceMask(sizes));
        const [previous, keys, values, queryKernel, vector, kernel, recurrentKernel, bias, hidden, cell] =
          tensors(4, sizes);
        const memory = { keys: keys as T3, values: values as T3, mask: sourceMask(sizes) };
        const weights = { kernel, recurrentKernel, bias } as never;
        tf.grad((v) => {
          const attention = { queryKernel: queryKernel as T2, vector: v as T1 };
          const initial = { hidden: hidden as T2, cell: cell as T2 };
          return fusedOps
            .lstmDecoder({ attention, cell: weights }, previous as T3, memory, initial)
            .contexts.sum();
        })(vector!);
      });
    step();
    const { numTensors, numDataBuffers } = tf.memory();
    step();
    assert.equal(tf.memory().numTensors, numTensors);
    assert.equal(tf.memory().numDataBuffers, numDataBuffers);
  });

  it('refuses what does not fit', () => {
    assert.throws(
      () => run(tf.ones([sizes.source, sizes.batch])),
      /mask must be \[batch, source\] = \[2, 7\], got \[7, 2\]/,
    );
  });
});
