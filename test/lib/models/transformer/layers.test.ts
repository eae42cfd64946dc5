import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type CrossRun, crossLayer, type LayerRun, selfLayer } from 'heed';
import type { CrossLayerParams } from '../../../../lib/src/models/transformer/layers.js';
import { project } from '../../../../lib/src/models/transformer/sublayers.js';
import { assertClose, onEngines, wave } from '../../support/engines.js';
import { decoderNumbers, encoderNumbers } from './torch-numbers.js';

const input = () => wave<tf.Rank.R3>(1, 2, 3, 4);
const memory = () => wave<tf.Rank.R3>(2, 2, 4, 4);
const probe = () => wave<tf.Rank.R3>(3, 2, 3, 4);
const inputMask = () => tf.tensor2d([1, 1, 1, 1, 1, 0], [2, 3]);
const memoryMask = () => tf.tensor2d([1, 1, 0, 0, 1, 1, 1, 1], [2, 4]);

/** The weights of the program in `torch-numbers.ts`; tensors where a model has variables, so that gradients can be asked for. */
function weights() {
  const attention = (offset: number) => {
    const layer = (n: number, bias: number) => ({
      kernel: wave(offset + n, 4, 4),
      bias: wave(offset + bias, 4),
    });
    return { query: layer(0, 4), key: layer(1, 5), value: layer(2, 6), output: layer(3, 7) };
  };
  const norm = (n: number) => ({ gain: tf.add(wave(40 + n, 4), 1), shift: wave(44 + n, 4) });
  return {
    self: attention(10),
    cross: attention(20),
    selfNorm: norm(0),
    forwardNorm: norm(1),
    crossNorm: norm(2),
    forward: {
      wide: { kernel: wave(30, 4, 6), bias: wave(32, 6) },
      narrow: { kernel: wave(31, 6, 4), bias: wave(33, 4) },
    },
  };
}
type Weights = ReturnType<typeof weights>;
const asParams = (given: Weights) => given as unknown as CrossLayerParams;

const encoderRun = (norm: 'pre' | 'post'): LayerRun => ({ heads: 2, norm, mask: inputMask(), causal: false });

function decode(given: Weights, norm: 'pre' | 'post', x: tf.Tensor3D, source: tf.Tensor3D) {
  const params = asParams(given);
  const run: CrossRun = {
    ...{ heads: 2, norm, mask: null, causal: true },
    ...{ memory: project(params.cross, source), memoryMask: memoryMask() },
  };
  return crossLayer(params, x, run);
}

const summed = (x: tf.Tensor) => tf.sum(tf.mul(x, probe())) as tf.Scalar;

for (const norm of ['pre', 'post'] as const) {
  onEngines(`an encoder layer is PyTorch's, forward and backward, ${norm}-norm`, () => {
    const golden = encoderNumbers[norm];
    const given = weights();
    const { x, alpha } = selfLayer(asParams(given), input(), encoderRun(norm));
    assertClose(x, golden.output, 1e-5, 'output');
    assert.deepEqual(alpha.shape, [2, 2, 3, 3]);
    const [dInput, dQueryKernel, dSelfGain] = tf.grads((x, kernel, gain) => {
      const self = { ...given.self, query: { ...given.self.query, kernel: kernel as tf.Tensor2D } };
      const changed = {
        ...given,
        self,
        selfNorm: { ...given.selfNorm, gain },
      } as unknown as CrossLayerParams;
      return summed(selfLayer(changed, x as tf.Tensor3D, encoderRun(norm)).x);
    })([input(), given.self.query.kernel, given.selfNorm.gain]);
    assertClose(dInput!, golden.dInput, 1e-4, 'gradient of the input');
    assertClose(dQueryKernel!, golden.dQueryKernel, 1e-4, 'gradient of the query kernel');
    assertClose(dSelfGain!, golden.dSelfGain, 1e-4, 'gradient of the gain');
  });

  onEngines(`a decoder layer is PyTorch's, forward and backward, ${norm}-norm`, () => {
    const golden = decoderNumbers[norm];
    const given = weights();
    const { x, alpha, cross } = decode(given, norm, input(), memory());
    assertClose(x, golden.output, 1e-5, 'output');
    assert.deepEqual(
      [alpha.shape, cross.shape],
      [
        [2, 2, 3, 3],
        [2, 2, 3, 4],
      ],
    );
    const [dInput, dMemory, dValueKernel, dWideKernel] = tf.grads((x, source, value, wide) => {
      const cross = { ...given.cross, value: { ...given.cross.value, kernel: value } };
      const forward = { ...given.forward, wide: { ...given.forward.wide, kernel: wide } };
      return summed(
        decode(
          { ...given, cross, forward } as unknown as Weights,
          norm,
          x as tf.Tensor3D,
          source as tf.Tensor3D,
        ).x,
      );
    })([input(), memory(), given.cross.value.kernel, given.forward.wide.kernel]);
    assertClose(dInput!, golden.dInput, 1e-4, 'gradient of the input');
    assertClose(dMemory!, golden.dMemory, 1e-4, 'gradient of the memory');
    assertClose(dValueKernel!, golden.dValueKernel, 1e-4, 'gradient of the value kernel');
    assertClose(dWideKernel!, golden.dWideKernel, 1e-4, 'gradient of the wide kernel');
  });
}

onEngines('padding and what comes later get exactly 0 in every head', () => {
  const { alpha, cross } = decode(weights(), 'pre', input(), memory());
  const later = [...alpha.dataSync()].filter((_, n) => n % 3 > Math.floor(n / 3) % 3);
  assert.equal(later.length, 2 * 2 * 3);
  assert.ok(later.every((weight) => weight === 0));
  const padding = [...cross.slice([0, 0, 0, 2], [1, 2, 3, 2]).dataSync()];
  assert.ok(padding.every((weight) => weight === 0));
  assertClose(tf.sum(cross, 3), new Float32Array(12).fill(1), 1e-6);
});

onEngines('a head that is off is a head whose rows of the output kernel are 0', () => {
  const given = weights();
  const rows = tf.tensor2d(
    [1, 1, 0, 0].flatMap((kept) => [kept, kept, kept, kept]),
    [4, 4],
  );
  const output = { ...given.self.output, kernel: tf.mul(given.self.output.kernel, rows) };
  const without = selfLayer(
    asParams({ ...given, self: { ...given.self, output } } as Weights),
    input(),
    encoderRun('pre'),
  );
  const off = selfLayer(asParams(given), input(), { ...encoderRun('pre'), offSelf: [1] });
  assertClose(off.x, without.x.dataSync(), 1e-6);
  const on = selfLayer(asParams(given), input(), encoderRun('pre'));
  assert.ok(tf.max(tf.abs(tf.sub(on.x, off.x))).dataSync()[0]! > 0.1, 'the head did something before');
  assert.throws(
    () => selfLayer(asParams(given), input(), { ...encoderRun('pre'), offSelf: [2] }),
    /switched off must be in 0 \.\.\. 1, got 2/,
  );
});

onEngines('without positions an encoder layer cannot tell the order: permuted input, permuted output', () => {
  const order = tf.tensor1d([2, 0, 1], 'int32');
  const run: LayerRun = { heads: 2, norm: 'pre', mask: null, causal: false };
  const before = selfLayer(asParams(weights()), input(), run).x;
  const after = selfLayer(asParams(weights()), tf.gather(input(), order, 1), run).x;
  assertClose(after, tf.gather(before, order, 1).dataSync(), 1e-5);
});
