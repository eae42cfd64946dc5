import type { Initializer } from './params.js';

const sizeOf = (shape: readonly number[]) => shape.reduce((size, axis) => size * axis, 1);

/** All zero: the first value of a bias. */
export const zeros: Initializer = (_random, shape) => new Float32Array(sizeOf(shape));

/** All one: the first value of a scale. */
export const ones: Initializer = (_random, shape) => new Float32Array(sizeOf(shape)).fill(1);

/** Evenly spread over [-limit, limit). */
export const uniform =
  (limit: number): Initializer =>
  (random, shape) =>
    random.uniforms(sizeOf(shape), -limit, limit);

/** Normal with mean 0. */
export const normal =
  (deviation: number): Initializer =>
  (random, shape) =>
    random.normals(sizeOf(shape), 0, deviation);

/**
 * Uniform over +-sqrt(6 / (in + out)), which keeps the variance of activations and of gradients alike through a layer
 * (Glorot and Bengio 2010, equation 16). The last two axes are in and out; `parts` kernels that lie side by side in the last
 * axis (the gates of a cell) are each counted with their own width.
 */
export const glorotUniform =
  (parts = 1): Initializer =>
  (random, shape) => {
    const [fanIn = 1, fanOut = 1] = shape.length < 2 ? [1, shape[0]] : shape.slice(-2);
    const limit = Math.sqrt(6 / (fanIn + fanOut / parts));
    return random.uniforms(sizeOf(shape), -limit, limit);
  };

/**
 * A matrix whose rows or columns (the fewer) are orthonormal: a product with it keeps lengths, so neither states nor
 * gradients shrink or grow at the start (Saxe et al. 2014). `parts` square matrices side by side, one a gate, are made
 * orthogonal each by itself.
 */
export const orthogonal =
  (parts = 1): Initializer =>
  (random, shape) => {
    const [rows = 0, width = 0] = shape;
    if (shape.length !== 2 || width % parts !== 0) {
      throw new Error(
        `orthogonal: expected a matrix of ${parts} equal parts, got shape [${shape.join(', ')}]`,
      );
    }
    const columns = width / parts;
    const values = new Float32Array(rows * width);
    for (let part = 0; part < parts; part++) {
      const count = Math.min(rows, columns);
      const vectors = orthonormal(count, Math.max(rows, columns), () => random.normal());
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < vectors[i]!.length; j++) {
          const [row, column] = rows < columns ? [i, j] : [j, i];
          values[row * width + part * columns + column] = vectors[i]![j]!;
        }
      }
    }
    return values;
  };

/** `count` orthonormal vectors from normal ones: Gram-Schmidt, each projection taken out twice against rounding. */
function orthonormal(count: number, length: number, draw: () => number): Float64Array[] {
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, draw);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of vectors) {
        const overlap = dot(vector, other);
        for (let i = 0; i < length; i++) vector[i]! -= overlap * other[i]!;
      }
    }
    const norm = Math.sqrt(dot(vector, vector));
    if (norm > 1e-6) vectors.push(vector.map((value) => value / norm));
  }
  return vectors;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
