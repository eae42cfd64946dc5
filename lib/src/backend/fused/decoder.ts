import type * as tf from '@tensorflow/tfjs';
import type {
  AdditiveWeights,
  AttentionMemory,
  GruAttentionDecoder,
  LstmAttentionDecoder,
} from '../sequences.js';
import { checkAxes, checkNotEmpty, floatMask, sizes3 } from './checks.js';
import { decoderKernels } from './decoder-kernels.js';
import { differentiable, runFused, withoutSecondDerivative } from './kernel.js';
import { gradientOfBias, gradientOfRecurrentKernel } from './products.js';

export const decoderGradients = decoderKernels
  .filter(({ kernelName }) => kernelName.endsWith('Grad'))
  .map(({ kernelName }) => withoutSecondDerivative(kernelName));

interface Cell {
  readonly kernel: tf.Tensor2D;
  readonly recurrentKernel: tf.Tensor2D;
  readonly bias: tf.Tensor1D;
  readonly recurrentBias?: tf.Tensor1D;
}

interface Call {
  readonly operation: string;
  readonly gates: 3 | 4;
  readonly attention: AdditiveWeights;
  readonly cell: Cell;
  readonly previous: tf.Tensor3D;
  readonly memory: AttentionMemory;
  /** the hidden state and, for an LSTM, the cell state */
  readonly initial: Readonly<Record<'hidden0' | 'cell0', tf.Tensor2D | undefined>>;
}

function check({ operation, gates, attention, cell, previous, memory, initial }: Call): void {
  const [time, batch, embedding] = sizes3(operation, 'previous', previous, 'time, batch, embedding');
  const [, source, keyUnits] = sizes3(operation, 'keys', memory.keys, 'batch, source, attention units');
  const [, , width] = sizes3(operation, 'values', memory.values, 'batch, source, value units');
  const units = cell.recurrentKernel.shape[0];
  checkNotEmpty(operation, {
    time,
    batch,
    embedding,
    source,
    'attention units': keyUnits,
    'value units': width,
    units,
  });
  const wide = `${gates} units`;
  checkAxes(operation, 'previous', previous, { time, batch, embedding });
  checkAxes(operation, 'keys', memory.keys, { batch, source, 'attention units': keyUnits });
  checkAxes(operation, 'values', memory.values, { batch, source, 'value units': width });
  checkAxes(operation, 'queryKernel', attention.queryKernel, { units, 'attention units': keyUnits });
  checkAxes(operation, 'vector', attention.vector, { 'attention units': keyUnits });
  checkAxes(operation, 'kernel', cell.kernel, {
    'embedding + value units': embedding + width,
    [wide]: gates * units,
  });
  checkAxes(operation, 'recurrentKernel', cell.recurrentKernel, { units, [wide]: gates * units });
  checkAxes(operation, 'bias', cell.bias, { [wide]: gates * units });
  if (cell.recurrentBias)
    checkAxes(operation, 'recurrentBias', cell.recurrentBias, { [wide]: gates * units });
  for (const [name, state] of Object.entries(initial)) {
    if (state)
      checkAxes(operation, name === 'hidden0' ? 'initial hidden state' : 'initial cell state', state, {
        batch,
        units,
      });
  }
}

/** Both decoders: states, contexts, alphas and, for an LSTM, cells. */
function decode(call: Call): tf.Tensor3D[] {
  check(call);
  const { operation, gates, attention, cell, previous, memory, initial } = call;
  const { queryKernel, vector } = attention;
  const { keys, values } = memory;
  const [batch, source] = keys.shape;
  // Optional ones are left out, since the tape wants a tensor under every name.
  const optional = Object.entries({ recurrentBias: cell.recurrentBias, cell0: initial.cell0 });
  const inputs = {
    ...{ previous, kernel: cell.kernel, recurrentKernel: cell.recurrentKernel, bias: cell.bias },
    ...{ queryKernel, vector, keys, values, hidden0: initial.hidden0! },
    ...Object.fromEntries(optional.filter(([, tensor]) => tensor !== undefined)),
  } as Record<string, tf.Tensor>;
  const names = ['previous', 'kernel', 'recurrentKernel', 'queryKernel', 'vector', 'values', 'hidden0'];
  if (initial.cell0) names.push('cell0');
  return differentiable(
    inputs,
    (save) => {
      const mask = floatMask(operation, memory.mask, { batch, source });
      const outputs = runFused('HeedDecoder', { ...inputs, mask }, { gates });
      save([...outputs, ...names.map((name) => inputs[name]!)]);
      const [states, contexts, alphas, , , , kept] = outputs;
      return [states!, contexts!, alphas!, ...(gates === 4 ? [kept!] : [])];
    },
    ([dStates, dContextsGiven, dAlphas, dCells], saved) => {
      const [states, contexts, alphas, gateValues, keyPowers, queryPowers, kept, ...rest] = saved;
      const given = Object.fromEntries(names.map((name, i) => [name, rest[i]!]));
      const { previous: words, ...needed } = given;
      const [dz, dQueries, dContexts, dKeys, dVector, dHidden0, extra] = runFused(
        'HeedDecoderGrad',
        {
          ...{ ...needed, states, alphas, gates: gateValues, keys: keyPowers, queryPowers, kept },
          ...{ dStates, dContexts: dContextsGiven, dAlphas, dCells },
        },
        { gates },
      );
      const dTurned = gates === 4 ? dz! : extra!;
      return {
        previous: () =>
          runFused('HeedDecoderPreviousGrad', { dz, kernel: given.kernel, previous: words })[0]!,
        kernel: () => runFused('HeedDecoderKernelGrad', { previous: words, contexts, dz })[0]!,
        recurrentKernel: () => gradientOfRecurrentKernel(given.hidden0!, states!, dTurned, 'forward'),
        bias: () => gradientOfBias(dz!),
        recurrentBias: () => gradientOfBias(dTurned),
        queryKernel: () => gradientOfRecurrentKernel(given.hidden0!, states!, dQueries!, 'forward'),
        vector: () => dVector!,
        keys: () => dKeys!,
        values: () => runFused('HeedDecoderValuesGrad', { alphas, dContexts })[0]!,
        hidden0: () => dHidden0!,
        cell0: () => extra!,
      };
    },
  ) as tf.Tensor3D[];
}

/** GRU decoder with additive attention, all steps in one kernel, its gradient in another. */
export const gruDecoder: GruAttentionDecoder = ({ attention, cell }, previous, memory, initial) => {
  const states0 = { hidden0: initial, cell0: undefined };
  const call = {
    operation: 'gruDecoder',
    gates: 3,
    attention,
    cell,
    previous,
    memory,
    initial: states0,
  } as const;
  const [states, contexts, alphas] = decode(call);
  return { states: states!, contexts: contexts!, alphas: alphas! };
};

/** LSTM decoder with additive attention, all steps in one kernel, its gradient in another. */
export const lstmDecoder: LstmAttentionDecoder = ({ attention, cell }, previous, memory, initial) => {
  const states0 = { hidden0: initial.hidden, cell0: initial.cell };
  const call = {
    operation: 'lstmDecoder',
    gates: 4,
    attention,
    cell,
    previous,
    memory,
    initial: states0,
  } as const;
  const [states, contexts, alphas, cells] = decode(call);
  return { states: states!, contexts: contexts!, alphas: alphas!, cells: cells! };
};
