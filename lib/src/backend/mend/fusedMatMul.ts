import * as tf from '@tensorflow/tfjs';
import { type Kernel, type KernelCall, type Mend, one, type Stock } from './kernel.js';
import { asRightOperand } from './packed.js';

const activationKernels: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  prelu: 'Prelu',
  leakyrelu: 'LeakyRelu',
};

interface Parts {
  readonly matMul: Kernel;
  readonly add: Kernel;
  readonly activations: Readonly<Record<string, Kernel>>;
}

/** activation(a b + bias), one kernel after the other. */
function composed(
  { inputs, attrs, backend }: KernelCall,
  { matMul, add, activations }: Parts,
): tf.TensorInfo {
  const { a, b, bias, preluActivationWeights } = inputs as Record<string, tf.TensorInfo>;
  const { transposeA, transposeB, activation, leakyreluAlpha } = attrs;
  let out = one(matMul({ inputs: { a: a!, b: b! }, backend, attrs: { transposeA, transposeB } }));
  const then = (kernel: Kernel, inputs: KernelCall['inputs'], attrs = {}) => {
    const next = one(kernel({ inputs, backend, attrs }));
    backend.disposeData(out.dataId);
    out = next;
  };
  if (bias) then(add, { a: out, b: bias });
  if (activation && activation !== 'linear') {
    const kernel = activations[activation];
    if (!kernel)
      throw new Error(
        `fused.matMul: activation '${activation}', expected one of ${Object.keys(activations)}`,
      );
    if (activation === 'prelu') then(kernel, { x: out, alpha: preluActivationWeights! });
    else then(kernel, { x: out }, { alpha: leakyreluAlpha });
  }
  return out;
}

function fits({ inputs, attrs }: KernelCall): boolean {
  const single = (x: tf.TensorInfo) => tf.util.sizeFromShape(x.shape.slice(0, -2)) === 1;
  const rowBias = !inputs.bias || inputs.bias.shape.length === 1;
  return !attrs.transposeA && !attrs.transposeB && single(inputs.a!) && single(inputs.b!) && rowBias;
}

export const fusedMatMul: Mend = {
  kernels: ['_FusedMatMul'],
  why: 'wrong without a word for a transposed operand or a batch: the bias came once per 48 inner units, relu cut partial sums',
  build: (stock: Stock) => {
    const original = stock('_FusedMatMul');
    const activations = Object.fromEntries(
      Object.entries(activationKernels).map(([name, kernel]) => [name, stock(kernel)]),
    );
    const parts = { matMul: stock('BatchMatMul'), add: stock('Add'), activations };
    const direct = (call: KernelCall) =>
      asRightOperand(call.backend, call.inputs.b!, (b) =>
        original({ ...call, inputs: { ...call.inputs, b } }),
      );
    return { _FusedMatMul: (call) => (fits(call) ? direct(call) : composed(call, parts)) };
  },
  proof: () => ({
    got: [
      tf.fused.matMul({
        a: tf.ones([2, 100]),
        b: tf.ones([2, 100]),
        transposeB: true,
        bias: tf.tensor1d([10, 20]),
      }),
      tf.fused.matMul({
        a: tf.concat([tf.fill([1, 50], -1), tf.fill([1, 50], 2)], 1),
        b: tf.ones([1, 100]),
        transposeB: true,
        activation: 'relu',
      }),
    ],
    expected: [[110, 120, 110, 120], [50]],
  }),
};
