export {
  type CausalOutputs,
  type CausalTransformer,
  type CausalTransformerParams,
  type ContinueOptions,
  causalLoss,
  causalOutputs,
  continueText,
  initCausalTransformer,
} from './causal.js';
export {
  type CausalTransformerConfig,
  defaultStack,
  type PositionKind,
  type StackConfig,
  type TransformerConfig,
} from './config.js';
export { loadCausalTransformer, loadTransformer, saveCausalTransformer, saveTransformer } from './file.js';
export {
  type CrossLayerParams,
  type CrossRun,
  crossLayer,
  initCrossLayer,
  initSelfLayer,
  type LayerOutput,
  type LayerRun,
  type SelfLayerParams,
  selfLayer,
} from './layers.js';
export { type Rotation, rotation, sinusoidalPositions } from './positions.js';
export {
  type AlphaChoice,
  chooseAlpha,
  openTransformer,
  type TransformerDecoding,
  type TransformerDecodingOptions,
} from './step.js';
export {
  encodeWithTransformer,
  type HeadPlace,
  initTransformer,
  projectSource,
  type Transformer,
  type TransformerLossOptions,
  type TransformerOptions,
  type TransformerOutputs,
  type TransformerParams,
  type TransformerSource,
  transformerLoss,
  transformerOutputs,
} from './transformer.js';
export {
  type TransformerBeamOptions,
  type TransformerTranslateOptions,
  translateBeamWithTransformer,
  translateWithTransformer,
} from './translate.js';
