import * as tf from '@tensorflow/tfjs';
import { type FusedModule, fusedModule, type WasmBackend } from './module.js';

type Inputs = Readonly<Record<string, tf.TensorInfo | undefined>>;
type Run<Attributes> = (
  module: FusedModule,
  inputs: Record<string, tf.TensorInfo>,
  attributes: Attributes,
) => tf.TensorInfo | tf.TensorInfo[];

/** Describes a kernel of ours to TensorFlow.js, so that profiling, tidy and dispose treat it as one of its own. */
export function fusedKernel<Attributes extends object>(name: string, run: Run<Attributes>): tf.KernelConfig {
  return {
    kernelName: name,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      run(
        fusedModule(backend as unknown as WasmBackend),
        inputs as Record<string, tf.TensorInfo>,
        attrs as unknown as Attributes,
      ),
  };
}

/** Runs a registered kernel of ours; inputs that are undefined are left out. @throws where it is not registered */
export function runFused(name: string, inputs: Inputs, attributes: object = {}): tf.Tensor[] {
  if (tf.getKernel(name, tf.getBackend()) === undefined) {
    throw new Error(
      `${name} needs the wasm backend with its fused kernels, the backend is "${tf.getBackend()}": call useBackend('wasm') and loadFused() first`,
    );
  }
  const present = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== undefined));
  const result: tf.Tensor | tf.Tensor[] = tf
    .engine()
    .runKernel(name, present as unknown as tf.NamedTensorMap, attributes as tf.NamedAttrMap);
  return Array.isArray(result) ? result : [result];
}

type Gradients<Inputs> = { readonly [Name in keyof Inputs]: () => tf.Tensor };

interface MultipleOutputs {
  runKernelFunc(call: {
    forwardFunc: (backend: unknown, save: (tensors: tf.Tensor[]) => void) => tf.Tensor[];
    backwardsFunc: (dys: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => Record<string, () => tf.Tensor>;
    inputs: tf.NamedTensorMap;
  }): tf.Tensor[];
}

/**
 * An operation of several outputs with a gradient of its own.
 *
 * `tf.customGrad` allows one output, and a gradient registered for a kernel is handed zeros for every output that nothing
 * used, the large saved ones included. The engine's own entry, which both are built on, has neither limit.
 *
 * `backward` computes what runs through time at once; the closures it returns are called only for inputs on the way to a
 * variable, so what nobody asked for is never computed.
 */
export function differentiable<Inputs extends Record<string, tf.Tensor>>(
  inputs: Inputs,
  forward: (save: (tensors: tf.Tensor[]) => void) => tf.Tensor[],
  backward: (dys: tf.Tensor[], saved: tf.Tensor[]) => Gradients<Inputs>,
): tf.Tensor[] {
  return (tf.engine() as unknown as MultipleOutputs).runKernelFunc({
    forwardFunc: (_backend, save) => forward(save),
    backwardsFunc: (dys, saved) => backward(Array.isArray(dys) ? dys : [dys], saved),
    inputs: inputs as unknown as tf.NamedTensorMap,
  });
}

/** A gradient entry that explains itself where a second derivative runs into a kernel that has none. */
export function withoutSecondDerivative(kernelName: string): tf.GradConfig {
  return {
    kernelName,
    gradFunc: () => {
      throw new Error(
        `${kernelName} has no derivative of its own: second derivatives need the reference operations, not the fused ones`,
      );
    },
  };
}
