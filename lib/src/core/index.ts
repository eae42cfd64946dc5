export { type Checkpoint, loadParams, readCheckpoint, saveParams } from './checkpoint.js';
export * as initializers from './initializers.js';
export { type CrossEntropyOptions, maskedCrossEntropy } from './losses.js';
export { checkMask, sequenceMask } from './masks.js';
export {
  countParams,
  createParam,
  disposeParams,
  flattenParams,
  type Initializer,
  type ParamSnapshot,
  type ParamTree,
  restoreParams,
  snapshotParams,
} from './params.js';
export { decodeSafetensors, encodeSafetensors, type TensorData, type TensorFile } from './safetensors.js';
export { checkShape } from './shapes.js';
