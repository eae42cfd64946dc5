import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { loadNative } from '../../../lib/src/platform/node.js';
import type { OperationCase } from './cases/entry.js';
import { operationCases } from './cases/index.js';
import { distance, on, startWasm } from './engines.js';

interface Outcome {
  readonly value: Float32Array;
  /** gradients of a fixed functional of the output, one after the other; nothing for an operation without */
  readonly gradients: Float32Array[];
}

/** The same numbers on any engine, none near a kink, some beyond 1; a plain formula, so that nothing depends on a generator. */
function operands({ shapes, negative }: OperationCase): tf.Tensor[] {
  return shapes.map((shape, k) => {
    const size = tf.util.sizeFromShape([...shape]);
    const values = Float32Array.from({ length: size }, (_, n) => {
      const wave = 1.9 * Math.sin(12.9898 * (n + 1) * (1 + 0.37 * k)) + 0.013;
      return negative ? -0.2 - Math.abs(wave) : wave;
    });
    return tf.tensor(values, [...shape]);
  });
}

function functional({ run }: OperationCase, args: tf.Tensor[]): tf.Scalar {
  const output = run(...args);
  const weights = Float32Array.from({ length: output.size }, (_, n) => Math.cos(1.7 * n + 0.3));
  return tf.sum(tf.mul(output, tf.tensor(weights, output.shape))) as tf.Scalar;
}

function evaluate(test: OperationCase): Outcome {
  return tf.tidy(() => {
    const args = operands(test);
    const value = test.run(...args).dataSync() as Float32Array;
    if (test.gradient === false) return { value, gradients: [] };
    const gradients = tf.grads((...xs: tf.Tensor[]) => functional(test, xs))(args);
    return { value, gradients: gradients.map((gradient) => gradient.dataSync() as Float32Array) };
  });
}

/** How far the gradients are from five-point differences of the operation on the active engine. */
function againstDifferences(test: OperationCase, gradients: readonly Float32Array[]): number {
  return tf.tidy(() => {
    const args = operands(test);
    const step = 4e-3;
    const differences = gradients.map((gradient, k) => {
      const along = Float32Array.from(gradient, (_, n) => Math.sin(3.1 * n + k) / Math.sqrt(gradient.length));
      const direction = tf.tensor(along, args[k]!.shape);
      const at = (n: number) => {
        const moved = args.map((x, j) => (j === k ? tf.add(x, tf.mul(direction, n * step)) : x));
        return functional(test, moved).dataSync()[0]!;
      };
      const numeric = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step);
      const exact = gradient.reduce((sum, value, n) => sum + value * along[n]!, 0);
      return Math.abs(numeric - exact) / Math.max(1, Math.abs(exact));
    });
    return Math.max(...differences);
  });
}

function disagreement(a: Outcome, b: Outcome): string | undefined {
  if (!(distance(a.value, b.value) < 1e-4)) return `values differ by ${distance(a.value, b.value)}`;
  for (const [k, gradient] of a.gradients.entries()) {
    const off = distance(gradient, b.gradients[k]!);
    if (!(off < 1e-4)) return `gradients of operand ${k} differ by ${off}`;
  }
  return undefined;
}

async function compare(test: OperationCase, engine: string): Promise<void> {
  const ours = await on(engine, () => evaluate(test));
  const onCpu = test.onCpu ? { ...test, run: test.onCpu } : test;
  const cpu = await on('cpu', () => evaluate(onCpu));
  assert.ok(ours.value.every(Number.isFinite), `values are not finite: ${ours.value.slice(0, 8)}`);
  const problem = disagreement(ours, cpu);
  if (problem === undefined) return;
  // Somebody is wrong. The differences, taken on cpu, say who; where it is cpu, ours stands.
  const distances = await on('cpu', () =>
    [ours, cpu].map(({ gradients }) => againstDifferences(onCpu, gradients)),
  );
  const right = distance(ours.value, cpu.value) < 1e-4 && 20 * distances[0]! < distances[1]!;
  assert.ok(right, `${problem}; from finite differences: ${engine} ${distances[0]}, cpu ${distances[1]}`);
}

describe('operations that training can meet', () => {
  before(startWasm);

  for (const test of operationCases) {
    it(`${test.name}: mended wasm agrees with cpu`, () => compare(test, 'wasm'));
  }

  for (const test of operationCases.filter(({ gradient }) => gradient !== false)) {
    it(`${test.name}: the gradient agrees with finite differences`, async () => {
      const { gradients } = await on('wasm', () => evaluate(test));
      const off = await on('wasm', () => againstDifferences(test, gradients));
      assert.ok(off < 1e-2, `off by ${off}`);
    });
  }

  it('all agree on the native engine', async (t) => {
    const { loaded, reason } = loadNative();
    if (loaded === undefined || tf.findBackend('tensorflow') === null) {
      t.skip(`no native TensorFlow: ${reason ?? 'it brings a core of its own'}`);
      return;
    }
    const problems: string[] = [];
    for (const test of operationCases) {
      if (test.nativeRefuses) {
        // Refused out loud, not computed wrong: that is to stay so.
        await assert.rejects(compare(test, 'tensorflow'), test.nativeRefuses);
        continue;
      }
      await compare(test, 'tensorflow').catch((error) => problems.push(`${test.name}: ${error.message}`));
    }
    assert.deepEqual(problems, []);
  });

  it('leave no tensor behind on wasm', () =>
    on('wasm', () => {
      for (const test of operationCases) {
        const { numTensors } = tf.memory();
        evaluate(test);
        assert.equal(tf.memory().numTensors, numTensors, test.name);
      }
    }));
});
