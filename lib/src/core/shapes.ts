import type { Tensor } from '@tensorflow/tfjs';

/** The words of a text, as a union of literal types. */
type Words<S extends string> = S extends `${infer First} ${infer Rest}`
  ? Words<First> | Words<Rest>
  : S extends ''
    ? never
    : S;

/**
 * Checks a tensor against named axes and returns their sizes: `checkShape('inputs', x, 'batch time features', { batch: 3 })`
 * gives `{ batch, time, features }`. A name that stands twice must have one size.
 *
 * @param label what the tensor is called in the message
 * @param axes names of the axes, separated by one space; '' for a scalar
 * @param known sizes that are known beforehand
 * @throws a plain message with the expected and the given shape
 */
export function checkShape<const S extends string>(
  label: string,
  tensor: Pick<Tensor, 'shape'>,
  axes: S,
  known: { readonly [name: string]: number } = {},
): Record<Words<S>, number> {
  const names = axes === '' ? [] : axes.split(' ');
  const sizes: Record<string, number> = {};
  const fits =
    tensor.shape.length === names.length &&
    names.every((name, axis) => {
      const size = tensor.shape[axis]!;
      const expected = sizes[name] ?? known[name];
      sizes[name] = size;
      return expected === undefined || expected === size;
    });
  if (!fits) {
    const expected = names.map((name) => (known[name] === undefined ? name : `${name} ${known[name]}`));
    throw new Error(`${label}: expected shape [${expected.join(', ')}], got [${tensor.shape.join(', ')}]`);
  }
  return sizes as Record<Words<S>, number>;
}
