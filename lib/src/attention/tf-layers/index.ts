export {
  AttentionLayer,
  type AttentionLayerConfig,
  additiveAttentionLayer,
  attentionLayer,
} from './attention-layer.js';
export {
  MultiHeadAttentionLayer,
  type MultiHeadLayerConfig,
  multiHeadAttentionLayer,
} from './multi-head-layer.js';
export { type PaddingMaskConfig, PaddingMaskLayer, paddingMaskLayer } from './padding-mask-layer.js';
