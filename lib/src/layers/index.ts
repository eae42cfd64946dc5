export {
  assignBatchNorm,
  type BatchNormConfig,
  type BatchNormOptions,
  type BatchNormParams,
  type BatchNormState,
  batchNorm,
  initBatchNorm,
} from './batch-norm.js';
export { type ConvParams, type ConvSizes, conv2d, initConv } from './conv.js';
export { type DenseParams, type DenseSizes, dense, initDense } from './dense.js';
export { dropout } from './dropout.js';
export { type EmbeddingParams, type EmbeddingSizes, embed, initEmbedding } from './embedding.js';
export { initLayerNorm, type LayerNormParams, layerNorm } from './layer-norm.js';
