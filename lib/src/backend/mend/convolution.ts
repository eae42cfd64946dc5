import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { floats, type Kernel, type KernelCall, type Mend, one, wasmKernel } from './kernel.js';
import { gatherPatches, scatterPatches } from './patches.js';
import { forEachTap, plane, positions, volume, type Windows } from './windows.js';

/** The patch matrix is built for as many images at a time as stay below this many numbers (32 MB). */
const patchLimit = 8_000_000;

function release(backend: BackendWasm, ...tensors: tf.TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}

/** patches^T . dy, where a row of patches is what one output position saw. */
function filterGradient(
  { inputs, backend }: KernelCall,
  g: Windows,
  filterShape: number[],
  matMul: Kernel,
  slice: Kernel,
): tf.TensorInfo {
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
  const outChannels = filterShape[filterShape.length - 1]!;
  const perImage = positions(g.output);
  const seen = positions(g.filter) * g.channels;
  const step = Math.max(1, Math.min(g.batch, Math.floor(patchLimit / (perImage * seen))));
  const out = backend.makeOutput(filterShape, 'float32');
  floats(backend, out).fill(0);
  for (let from = 0; from < g.batch; from += step) {
    const to = Math.min(g.batch, from + step);
    const rows = (to - from) * perImage;
    const patches = backend.makeOutput([rows, seen], 'float32');
    const into = floats(backend, patches).fill(0);
    gatherPatches(g, from, to, floats(backend, x), into);
    const flat = { ...dy, shape: [g.batch * perImage, outChannels] };
    const begin = [from * perImage, 0];
    const part = one(slice({ inputs: { x: flat }, backend, attrs: { begin, size: [rows, outChannels] } }));
    const attrs = { transposeA: true, transposeB: false };
    const gradient = one(matMul({ inputs: { a: patches, b: part }, backend, attrs }));
    const sum = floats(backend, out);
    const add = floats(backend, gradient);
    for (let k = 0; k < sum.length; k++) sum[k]! += add[k]!;
    release(backend, patches, part, gradient);
  }
  return out;
}

function filterGradient2d(call: KernelCall, matMul: Kernel, slice: Kernel): tf.TensorInfo {
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = call.attrs;
  const shape = call.inputs.x!.shape as [number, number, number, number];
  const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
  const info = tf.backend_util.computeConv2DInfo(
    shape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    format,
  );
  return filterGradient(call, plane(info), info.filterShape, matMul, slice);
}

function filterGradient3d(call: KernelCall, matMul: Kernel, slice: Kernel): tf.TensorInfo {
  const { strides, pad, filterShape } = call.attrs;
  const shape = call.inputs.x!.shape as [number, number, number, number, number];
  const info = tf.backend_util.computeConv3DInfo(shape, filterShape, strides, 1, pad);
  return filterGradient(call, volume(info), info.filterShape, matMul, slice);
}

/** The columns dy . filter^T, each added back to the input position it came from. */
function inputGradient(
  { inputs, backend }: KernelCall,
  g: Windows,
  inShape: number[],
  matMul: Kernel,
  slice: Kernel,
): tf.TensorInfo {
  const { dy, filter } = inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
  const outChannels = filter.shape[filter.shape.length - 1]!;
  const perImage = positions(g.output);
  const seen = positions(g.filter) * g.channels;
  const step = Math.max(1, Math.min(g.batch, Math.floor(patchLimit / (perImage * seen))));
  const weights = { ...filter, shape: [seen, outChannels] };
  const flat = { ...dy, shape: [g.batch * perImage, outChannels] };
  const out = backend.makeOutput(inShape, 'float32');
  floats(backend, out).fill(0);
  for (let from = 0; from < g.batch; from += step) {
    const to = Math.min(g.batch, from + step);
    const begin = [from * perImage, 0];
    const size = [(to - from) * perImage, outChannels];
    const part = one(slice({ inputs: { x: flat }, backend, attrs: { begin, size } }));
    const attrs = { transposeA: false, transposeB: true };
    const columns = one(matMul({ inputs: { a: part, b: weights }, backend, attrs }));
    scatterPatches(g, from, to, floats(backend, columns), floats(backend, out));
    release(backend, part, columns);
  }
  return out;
}

function inputGradient2d(call: KernelCall, matMul: Kernel, slice: Kernel): tf.TensorInfo {
  const { pad, strides, dataFormat, dimRoundingMode, inputShape } = call.attrs;
  const info = tf.backend_util.computeConv2DInfo(
    inputShape,
    call.inputs.filter!.shape as [number, number, number, number],
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    tf.backend_util.convertConv2DDataFormat(dataFormat),
  );
  return inputGradient(call, plane(info), info.inShape, matMul, slice);
}

function inputGradient3d(call: KernelCall, matMul: Kernel, slice: Kernel): tf.TensorInfo {
  const { pad, strides, inputShape } = call.attrs;
  const filter = call.inputs.filter!.shape as [number, number, number, number, number];
  const info = tf.backend_util.computeConv3DInfo(inputShape, filter, strides, 1, pad);
  return inputGradient(call, volume(info), info.inShape, matMul, slice);
}

/** Both gradients of a depthwise convolution: out channel = channel * multiplier + m. */
function depthwise({ inputs, attrs, backend }: KernelCall, of: 'filter' | 'input'): tf.TensorInfo {
  const { dy } = inputs as { dy: tf.TensorInfo };
  const { strides, dilations, pad, dimRoundingMode } = attrs;
  const inputShape = of === 'input' ? attrs.inputShape : inputs.x!.shape;
  const filterShape = of === 'filter' ? attrs.filterShape : inputs.filter!.shape;
  const info = tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  );
  const g = plane(info);
  const multiplier = info.outChannels / g.channels;
  const out = backend.makeOutput(of === 'filter' ? info.filterShape : info.inShape, 'float32');
  const sums = floats(backend, out).fill(0);
  const above = floats(backend, dy);
  const other = floats(backend, of === 'filter' ? inputs.x! : inputs.filter!);
  forEachTap(g, 0, g.batch, (row, tap, pixel) => {
    for (let c = 0; c < g.channels; c++) {
      const at = pixel * g.channels + c;
      for (let m = 0; m < multiplier; m++) {
        const weight = (tap * g.channels + c) * multiplier + m;
        const error = above[row * info.outChannels + c * multiplier + m]!;
        if (of === 'filter') sums[weight]! += error * other[at]!;
        else sums[at]! += error * other[weight]!;
      }
    }
  });
  return out;
}

export const convolutions: Mend = {
  kernels: [
    'Conv2DBackpropFilter',
    'Conv2DBackpropInput',
    'DepthwiseConv2dNativeBackpropFilter',
    'DepthwiseConv2dNativeBackpropInput',
    'Conv3DBackpropFilterV2',
    'Conv3DBackpropInputV2',
  ],
  why: 'filter gradients were missing; the input gradient of conv2d was slow, those of conv3d wrong with an even filter or a stride',
  build: (stock) => {
    // Looked up at each call: the packed kernel that takes its place later multiplies transposed matrices without copying.
    const matMul: Kernel = (call) => wasmKernel('BatchMatMul')(call);
    const slice = stock('Slice');
    return {
      Conv2DBackpropFilter: (call) => filterGradient2d(call, matMul, slice),
      Conv2DBackpropInput: (call) => inputGradient2d(call, matMul, slice),
      DepthwiseConv2dNativeBackpropFilter: (call) => depthwise(call, 'filter'),
      DepthwiseConv2dNativeBackpropInput: (call) => depthwise(call, 'input'),
      Conv3DBackpropFilterV2: (call) => filterGradient3d(call, matMul, slice),
      Conv3DBackpropInputV2: (call) => inputGradient3d(call, matMul, slice),
    };
  },
  proof: () => {
    const image = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    const filter = tf.tensor4d([1, 10, 100, 1000], [2, 2, 1, 1]);
    const wide = tf.conv2d(image, filter, 1, 'valid');
    const [d2x, d2f] = tf.grads((x, f) => tf.depthwiseConv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 'valid'))(
      [image, filter],
    ) as [tf.Tensor, tf.Tensor];
    const cube = tf.ones([1, 2, 2, 2, 1]) as tf.Tensor5D;
    const taps = tf.range(1, 9).reshape([2, 2, 2, 1, 1]) as tf.Tensor5D;
    return {
      got: [
        tf.grad((f) => tf.conv2d(image, f as tf.Tensor4D, 1, 'valid'))(filter),
        tf.grad((x) => tf.conv2d(x as tf.Tensor4D, filter, 1, 'valid'))(image),
        d2x,
        d2f,
        tf.grad((x) => tf.conv3d(x as tf.Tensor5D, taps, 1, 'valid'))(cube),
        wide,
      ],
      expected: [
        [12, 16, 24, 28],
        [1, 11, 10, 101, 1111, 1010, 100, 1100, 1000],
        [1, 11, 10, 101, 1111, 1010, 100, 1100, 1000],
        [12, 16, 24, 28],
        [1, 2, 3, 4, 5, 6, 7, 8],
        [5421, 6532, 8754, 9865],
      ],
    };
  },
};
