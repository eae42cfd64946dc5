import type * as tf from '@tensorflow/tfjs';
import { fusedKernel } from './kernel.js';
import type { FusedModule } from './module.js';
import { multiply } from './products.js';

interface DecoderAttributes {
  /** 4 for an LSTM, 3 for a GRU */
  readonly gates: number;
}

type Infos = Record<string, tf.TensorInfo>;

function decoderSizes(inputs: Infos, gates: number) {
  const [batch, source, attention] = inputs.keys!.shape as [number, number, number];
  const width = inputs.values!.shape[2]!;
  const units = inputs.recurrentKernel!.shape[0]!;
  const time = (inputs.previous ?? inputs.states)!.shape[0]!;
  const embedding = inputs.kernel!.shape[0]! - width;
  return { time, batch, source, attention, width, units, embedding, wide: gates * units };
}

/** Working memory: three packed kernels and a row of the GRU's recurrent sums (or of the attention's slopes). */
function decoderScratch(
  module: FusedModule,
  sizes: ReturnType<typeof decoderSizes>,
  transposed: boolean,
): number {
  const { batch, source, attention, width, units, wide } = sizes;
  const packed = [
    [width, wide],
    [units, wide],
    [units, attention],
  ].map(([rows, columns]) => {
    return transposed
      ? module.exports.packedSize!(columns!, rows!)
      : module.exports.packedSize!(rows!, columns!);
  });
  return module.scratch(packed.reduce((sum, bytes) => sum + bytes, 4 * batch * wide + 4 * source));
}

export const decoderKernels: tf.KernelConfig[] = [
  fusedKernel<DecoderAttributes>('HeedDecoder', (module, inputs, { gates }) => {
    const sizes = decoderSizes(inputs, gates);
    const { time, batch, source, attention, width, units, embedding, wide } = sizes;
    const outputs = {
      states: module.output([time, batch, units]),
      contexts: module.output([time, batch, width]),
      alphas: module.output([time, batch, source]),
      gates: module.output([time, batch, wide]),
      keyPowers: module.output([batch, source, attention]),
      queryPowers: module.output([time, batch, attention]),
      /** what a cell keeps besides: the LSTM's cell state, the GRU's recurrent half of the candidate */
      kept: module.output([time, batch, units]),
    };
    const scratch = decoderScratch(module, sizes, false);
    const at = (name: string) => module.address(inputs[name]);
    const to = (name: keyof typeof outputs) => module.address(outputs[name]);
    module.exports.decoderForward!(
      ...[at('previous'), at('kernel'), at('recurrentKernel'), at('bias'), at('recurrentBias')],
      ...[at('queryKernel'), at('vector'), at('keys'), at('values'), at('mask'), at('hidden0'), at('cell0')],
      ...[to('keyPowers'), to('queryPowers'), to('alphas'), to('contexts'), to('gates')],
      ...[to('kept'), to('states'), to('kept')],
      ...[time, batch, embedding, width, units, attention, source, gates, scratch],
    );
    return Object.values(outputs);
  }),
  fusedKernel<DecoderAttributes>('HeedDecoderGrad', (module, inputs, { gates }) => {
    const sizes = decoderSizes(inputs, gates);
    const { time, batch, source, attention, width, units, embedding, wide } = sizes;
    const dz = module.output([time, batch, wide]);
    const dQueries = module.output([time, batch, attention]);
    const dContexts = module.output([time, batch, width]);
    const dKeys = module.output([batch, source, attention]);
    const dVector = module.output([attention]);
    const dHidden0 = module.output([batch, units]);
    /** the LSTM's gradient of the first cell state, or the GRU's of the recurrent sums */
    const extra = module.output(gates === 4 ? [batch, units] : [time, batch, wide]);
    const scratch = decoderScratch(module, sizes, true);
    const at = (name: string) => module.address(inputs[name]);
    const [z, last] = [module.address(dz), module.address(extra)];
    module.exports.decoderBackward!(
      ...[at('kernel'), at('recurrentKernel'), at('queryKernel'), at('vector'), at('values'), at('hidden0')],
      ...[at('cell0'), at('keys'), at('queryPowers'), at('alphas'), at('gates'), at('kept'), at('states')],
      ...[at('kept'), at('dStates'), at('dCells'), at('dContexts'), at('dAlphas')],
      ...[z, gates === 4 ? z : last],
      ...[dQueries, dContexts, dKeys, dVector, dHidden0].map((tensor) => module.address(tensor)),
      ...[gates === 4 ? last : 0, time, batch, embedding, width, units, attention, source, gates, scratch],
    );
    return [dz, dQueries, dContexts, dKeys, dVector, dHidden0, extra];
  }),
  fusedKernel('HeedDecoderKernelGrad', (module, { previous, contexts, dz }) => {
    const [time, batch, embedding] = previous!.shape as [number, number, number];
    const width = contexts!.shape[2]!;
    const wide = dz!.shape[2]!;
    const out = module.output([embedding + width, wide]);
    const right = { at: module.address(dz), columns: wide, transpose: false };
    const depth = time * batch;
    for (const [tensor, columns, row] of [
      [previous, embedding, 0],
      [contexts, width, embedding],
    ] as const) {
      const left = { at: module.address(tensor), columns, transpose: true };
      multiply(module, left, right, module.address(out) + 4 * row * wide, {
        rows: columns,
        columns: wide,
        depth,
      });
    }
    return out;
  }),
  fusedKernel('HeedDecoderPreviousGrad', (module, { dz, kernel, previous }) => {
    const [time, batch, embedding] = previous!.shape as [number, number, number];
    const wide = dz!.shape[2]!;
    const out = module.output([time, batch, embedding]);
    // The kernel's first rows are the ones for the previous words.
    const left = { at: module.address(dz), columns: wide, transpose: false };
    const right = { at: module.address(kernel), columns: wide, transpose: true };
    multiply(module, left, right, module.address(out), {
      rows: time * batch,
      columns: embedding,
      depth: wide,
    });
    return out;
  }),
  fusedKernel('HeedDecoderValuesGrad', (module, { alphas, dContexts }) => {
    const [time, batch, source] = alphas!.shape as [number, number, number];
    const width = dContexts!.shape[2]!;
    const out = module.output([batch, source, width]);
    const scratch = module.scratch();
    const [weights, d, to] = [alphas, dContexts, out].map((tensor) => module.address(tensor));
    module.exports.valuesGradient!(weights!, d!, to!, time, batch, source, width, scratch);
    return out;
  }),
];
