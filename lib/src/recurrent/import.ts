import * as tf from '@tensorflow/tfjs';
import type { TensorData } from '../core/safetensors.js';
import type { GruParams } from './gru.js';
import type { LstmParams } from './lstm.js';
import type { RnnParams } from './rnn.js';

/** Parameters of each kind of cell. */
export interface ImportedParams {
  readonly rnn: RnnParams;
  readonly gru: GruParams;
  readonly lstm: LstmParams;
}
export type ImportedCell = keyof ImportedParams;

/** Values row by row; what a safetensors file decodes to, or `{ shape, data }` made by hand. */
export type ImportedTensor = Pick<TensorData, 'shape' | 'data'>;

const gateCount: Record<ImportedCell, number> = { rnn: 1, gru: 3, lstm: 4 };

/**
 * Weights of a cell of PyTorch: `torch.nn.RNN`, `GRU` or `LSTM`, one layer and direction.
 *
 * PyTorch keeps kernels turned round (`[gates * units, features]`) and two biases. LSTM gates stand in the order i, f, g, o as
 * here, and the biases are added up. GRU gates stand in the order r, z, n; here it is z, r, h, and the two biases stay two, for
 * the reset gate acts on the recurrent one. The form is reset-after, as here.
 *
 * @param tensors by PyTorch's names: `weight_ih_l0`, `weight_hh_l0`, and `bias_ih_l0`, `bias_hh_l0` unless made without biases
 * @param options.prefix before the names, such as `encoder.`
 * @param options.reverse of the backward direction: names end in `_reverse`
 * @throws naming what is missing or has the wrong shape
 */
export function importTorchCell<C extends ImportedCell>(
  cell: C,
  tensors: ReadonlyMap<string, ImportedTensor>,
  options: { readonly prefix?: string; readonly layer?: number; readonly reverse?: boolean } = {},
): ImportedParams[C] {
  const { prefix = '', layer = 0, reverse = false } = options;
  const gates = gatesOf(cell);
  const nameOf = (part: string) => `${prefix}${part}_l${layer}${reverse ? '_reverse' : ''}`;
  const find = (part: string, shape: readonly (number | string)[]) =>
    checked(nameOf(part), tensors.get(nameOf(part)), shape, [...tensors.keys()]);

  const recurrent = find('weight_hh', ['gates * units', 'units']);
  const units = recurrent.shape[1]!;
  const width = gates * units;
  checked(nameOf('weight_hh'), recurrent, [width, units]);
  const kernel = find('weight_ih', [width, 'features']);
  const features = kernel.shape[1]!;
  const without = !tensors.has(nameOf('bias_ih')) && !tensors.has(nameOf('bias_hh'));
  const zeros = { shape: [width], data: new Float32Array(width) };
  const bias = without ? zeros : find('bias_ih', [width]);
  const recurrentBias = without ? zeros : find('bias_hh', [width]);

  // r, z, n to z, r, h.
  const order = cell === 'gru' ? [1, 0, 2] : Array.from({ length: gates }, (_, gate) => gate);
  const matrix = (tensor: ImportedTensor, inputs: number) => {
    const values = new Float32Array(inputs * width);
    order.forEach((from, to) => {
      for (let unit = 0; unit < units; unit++)
        for (let i = 0; i < inputs; i++)
          values[i * width + to * units + unit] = Number(tensor.data[(from * units + unit) * inputs + i]);
    });
    return values;
  };
  return makeParams(cell, features, units, {
    kernel: matrix(kernel, features),
    recurrentKernel: matrix(recurrent, units),
    bias: matrix(bias, 1),
    recurrentBias: matrix(recurrentBias, 1),
  });
}

/** The arrays that a Keras layer's `get_weights()` gives, in its order. */
export interface KerasWeights {
  /** `[features, gates * units]` */
  readonly kernel: ImportedTensor;
  /** `[units, gates * units]` */
  readonly recurrentKernel: ImportedTensor;
  /** `[gates * units]`; of a GRU with `reset_after=True` (Keras' default) `[2, 3 * units]`; none with `use_bias=False` */
  readonly bias?: ImportedTensor;
}

/**
 * Weights of a cell of Keras: `SimpleRNN`, `GRU` or `LSTM`. Its layout is the one used here: LSTM gates i, f, c, o, GRU gates z, r,
 * h.
 *
 * @param options.reset of a GRU: `after` (Keras' default) gives parameters for `gru`, `before` (`reset_after=False`, one bias) for
 *   `gruResetBefore`
 * @throws naming what is missing or has the wrong shape
 */
export function importKerasCell<C extends ImportedCell>(
  cell: C,
  weights: KerasWeights,
  options: { readonly reset?: 'after' | 'before' } = {},
): ImportedParams[C] {
  const { reset = 'after' } = options;
  const gates = gatesOf(cell);
  const recurrent = checked('recurrentKernel', weights.recurrentKernel, ['units', 'gates * units']);
  const units = recurrent.shape[0]!;
  const width = gates * units;
  checked('recurrentKernel', recurrent, [units, width]);
  const kernel = checked('kernel', weights.kernel, ['features', width]);
  const two = cell === 'gru' && reset === 'after';
  let bias = new Float32Array(width);
  let recurrentBias = new Float32Array(width);
  if (weights.bias !== undefined) {
    const { data } = checked('bias', weights.bias, two ? [2, width] : [width]);
    const values = Float32Array.from(data, Number);
    bias = values.slice(0, width);
    if (two) recurrentBias = values.slice(width);
  }
  return makeParams(cell, kernel.shape[0]!, units, {
    kernel: Float32Array.from(kernel.data, Number),
    recurrentKernel: Float32Array.from(recurrent.data, Number),
    bias,
    recurrentBias,
  });
}

function gatesOf(cell: ImportedCell): number {
  const gates = gateCount[cell];
  if (gates === undefined)
    throw new Error(`Unknown cell "${cell}": known are ${Object.keys(gateCount).join(', ')}`);
  return gates;
}

/** The tensor, if it is there and has the shape; names in the shape stand for any size. */
function checked(
  name: string,
  tensor: ImportedTensor | undefined,
  shape: readonly (number | string)[],
  known: readonly string[] = [],
): ImportedTensor {
  if (tensor === undefined)
    throw new Error(`Weights to import: "${name}" is missing; there are ${known.join(', ') || 'none'}`);
  const fits =
    tensor.shape.length === shape.length &&
    shape.every((size, axis) => typeof size === 'string' || size === tensor.shape[axis]);
  if (!fits)
    throw new Error(
      `Weights to import: "${name}" should have shape [${shape.join(', ')}], got [${tensor.shape.join(', ')}]; ` +
        'is it of another kind of cell?',
    );
  const size = tensor.shape.reduce((product, axis) => product * axis, 1);
  if (tensor.data.length !== size)
    throw new Error(
      `Weights to import: "${name}" of shape [${tensor.shape.join(', ')}] needs ${size} numbers, got ${tensor.data.length}`,
    );
  return tensor;
}

interface Values {
  readonly kernel: Float32Array;
  readonly recurrentKernel: Float32Array;
  readonly bias: Float32Array;
  readonly recurrentBias: Float32Array;
}

function makeParams<C extends ImportedCell>(
  cell: C,
  features: number,
  units: number,
  values: Values,
): ImportedParams[C] {
  const width = gateCount[cell] * units;
  const variable = (data: Float32Array, shape: number[]) =>
    tf.tidy(() => tf.variable(tf.tensor(data, shape, 'float32')));
  const shared = {
    kernel: variable(values.kernel, [features, width]),
    recurrentKernel: variable(values.recurrentKernel, [units, width]),
  };
  if (cell === 'gru') {
    return {
      ...shared,
      bias: variable(values.bias, [width]),
      recurrentBias: variable(values.recurrentBias, [width]),
    } as ImportedParams[C];
  }
  // One bias here: both are added to the same sum.
  const bias = values.bias.map((value, i) => value + values.recurrentBias[i]!);
  return { ...shared, bias: variable(bias, [width]) } as ImportedParams[C];
}
