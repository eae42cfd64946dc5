import * as tf from '@tensorflow/tfjs';
import { type Kernel, type KernelCall, type Mend, one, shaped } from './kernel.js';

/** A typed-array copy has a fixed cost that a plain loop undercuts for runs shorter than this. */
const shortRun = 32;

/** Copies only the wanted runs, straight from the heap to the heap. */
function slice({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const x = inputs.x!;
  const rank = x.shape.length;
  const [begin, size] = tf.slice_util.parseSliceParams(x as tf.Tensor, attrs.begin, attrs.size) as [
    number[],
    number[],
  ];
  tf.slice_util.assertParamsValid(x, begin, size);
  const out = backend.makeOutput(size, x.dtype);
  const count = tf.util.sizeFromShape(size);
  if (count === 0) return out;
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(out);
  if (rank === 0) {
    to[0] = from[0]!;
    return out;
  }
  // Axes that are taken whole belong to one run with the last axis that is not.
  let axis = rank - 1;
  let inner = 1;
  while (axis > 0 && size[axis] === x.shape[axis]) inner *= size[axis--]!;
  const run = size[axis]! * inner;
  const strides = new Array<number>(axis);
  let stride = x.shape[axis]! * inner;
  let source = begin[axis]! * inner;
  for (let k = axis - 1; k >= 0; k--) {
    strides[k] = stride;
    source += begin[k]! * stride;
    stride *= x.shape[k]!;
  }
  const index = new Array<number>(axis).fill(0);
  for (let target = 0; target < count; target += run) {
    if (run >= shortRun) to.set(from.subarray(source, source + run), target);
    else for (let k = 0; k < run; k++) to[target + k] = from[source + k]!;
    for (let k = axis - 1; k >= 0; k--) {
      source += strides[k]!;
      if (++index[k]! < size[k]!) break;
      source -= strides[k]! * size[k]!;
      index[k] = 0;
    }
  }
  return out;
}

function split(sliceKernel: Kernel, { inputs, attrs, backend }: KernelCall): tf.TensorInfo[] {
  const x = inputs.x!;
  const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0]!;
  const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, attrs.numOrSizeSplits, axis);
  const begin = x.shape.map(() => 0);
  return sizes.map((extent) => {
    const size = x.shape.map((full, k) => (k === axis ? extent : full));
    const part = one(sliceKernel({ inputs: { x }, backend, attrs: { begin, size } }));
    begin[axis]! += extent;
    return part;
  });
}

function unpack(sliceKernel: Kernel, { inputs, attrs, backend }: KernelCall): tf.TensorInfo[] {
  const x = inputs.value!;
  const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0]!;
  const shape = x.shape.filter((_, k) => k !== axis);
  const size = x.shape.map((full, k) => (k === axis ? 1 : full));
  return Array.from({ length: x.shape[axis]! }, (_, at) => {
    const begin = x.shape.map((_, k) => (k === axis ? at : 0));
    return shaped(one(sliceKernel({ inputs: { x }, backend, attrs: { begin, size } })), shape);
  });
}

export const slices: Mend = {
  kernels: ['Slice', 'SplitV', 'Unpack'],
  why: 'each slice first copied the whole tensor it was taken from',
  build: (stock) => {
    const original = stock('Slice');
    const sliceKernel: Kernel = (call) => (call.inputs.x!.dtype === 'string' ? original(call) : slice(call));
    return {
      Slice: sliceKernel,
      SplitV: (call) => split(sliceKernel, call),
      Unpack: (call) => unpack(sliceKernel, call),
    };
  },
  proof: () => {
    const x = tf.range(0, 24).reshape([2, 3, 4]);
    return {
      got: [tf.slice(x, [1, 1, 1], [1, 2, 2]), tf.split(x, [1, 2], 1)[1]!, tf.unstack(x, 1)[2]!],
      expected: [
        [17, 18, 21, 22],
        [4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23],
        [8, 9, 10, 11, 20, 21, 22, 23],
      ],
    };
  },
};
