import * as tf from '@tensorflow/tfjs';
import type { Random } from '../random/random.js';
import type { TensorData } from './safetensors.js';

/** Parameters: a variable, or a readonly object or array of such trees. Layers declare theirs as a `type` of this form. */
export type ParamTree = tf.Variable | { readonly [name: string]: ParamTree } | readonly ParamTree[];

/** Values of a tree at one moment, by name; plain arrays, so that nothing has to be disposed. */
export type ParamSnapshot = ReadonlyMap<string, TensorData>;

/** What makes the first values of a parameter: an array of the shape's size, row by row. */
export type Initializer = (random: Random, shape: readonly number[]) => Float32Array;

/** Keeps tensors for the backward pass of a `tf.customGrad`; TensorFlow.js does not export the type. */
export type GradSaver = (tensors: tf.Tensor[]) => void;

/** A trainable float32 variable. */
export function createParam<R extends tf.Rank>(
  random: Random,
  shape: tf.ShapeMap[R],
  initializer: Initializer,
): tf.Variable<R> {
  const bad = shape.find((size) => !Number.isSafeInteger(size) || size < 1);
  if (bad !== undefined) {
    throw new Error(`A parameter's sizes must be positive integers, got [${shape.join(', ')}]`);
  }
  return tf.tidy(() => tf.variable(tf.tensor(initializer(random, shape), shape, 'float32') as tf.Tensor<R>));
}

/** The variables of a tree with names such as `encoder/forward/kernel`, in the order of the tree. */
export function flattenParams(tree: ParamTree): [name: string, variable: tf.Variable][] {
  const found: [string, tf.Variable][] = [];
  const walk = (node: ParamTree, path: string): void => {
    if (node instanceof tf.Variable) {
      found.push([path, node]);
      return;
    }
    if (node === null || typeof node !== 'object') {
      throw new Error(
        `Parameter "${path}": expected a tf.Variable or an object of them, got ${String(node)}`,
      );
    }
    for (const [name, child] of Object.entries(node as { readonly [name: string]: ParamTree })) {
      walk(child, path === '' ? name : `${path}/${name}`);
    }
  };
  walk(tree, '');
  return found;
}

/** How many numbers the tree holds. */
export function countParams(tree: ParamTree): number {
  return flattenParams(tree).reduce((sum, [, variable]) => sum + variable.size, 0);
}

/** Frees the memory of every variable of the tree. */
export function disposeParams(tree: ParamTree): void {
  for (const [, variable] of flattenParams(tree)) variable.dispose();
}

/** Copies the values of the tree. */
export function snapshotParams(tree: ParamTree): ParamSnapshot {
  return new Map(
    flattenParams(tree).map(([name, variable]) => {
      const dtype = variable.dtype === 'int32' ? 'I32' : 'F32';
      // slice(): some backends hand out a view of their own memory.
      const data = variable.dataSync().slice() as Float32Array | Int32Array;
      return [name, { dtype, shape: [...variable.shape], data }];
    }),
  );
}

/**
 * Writes the values of a snapshot (or of a file) into the tree, all of them or none.
 *
 * @throws naming the parameter where one is missing, superfluous or of another shape
 */
export function restoreParams(tree: ParamTree, snapshot: ParamSnapshot, source = 'the snapshot'): void {
  const variables = flattenParams(tree);
  const known = new Set(variables.map(([name]) => name));
  for (const name of snapshot.keys()) {
    if (!known.has(name)) {
      throw new Error(
        `${source} has a tensor "${name}" that the parameters lack: it belongs to another model`,
      );
    }
  }
  for (const [name, variable] of variables) {
    const saved = snapshot.get(name);
    if (saved === undefined)
      throw new Error(`${source} lacks the parameter "${name}": it belongs to another model`);
    if (saved.shape.join() !== variable.shape.join()) {
      throw new Error(
        `Parameter "${name}": expected shape [${variable.shape.join(', ')}], got [${saved.shape.join(', ')}] from ${source}`,
      );
    }
  }
  tf.tidy(() => {
    for (const [name, variable] of variables) {
      const saved = snapshot.get(name)!;
      const integers = variable.dtype === 'int32';
      // Conversion through from(): a file may hold halves or doubles, which decode to other array types.
      const data = integers ? Int32Array.from(saved.data, Number) : Float32Array.from(saved.data, Number);
      variable.assign(tf.tensor(data, variable.shape, variable.dtype));
    }
  });
}
