export { type BeamOptions, beamDecode, defaultBeam, type Hypothesis, repeatRows } from './beam.js';
export { coveragePenalty, lengthPenalty } from './beam-score.js';
export { type BridgeParams, type BridgeSizes, bridgeStates, initBridge } from './bridge.js';
export { type CopyingSteps, type CopySource, copyLoss, copyScores } from './copy.js';
export { coverageLoss } from './coverage.js';
export { attentionMemory, type DecodedSteps, type DecodeStepsOptions, decodeSteps } from './decoder.js';
export {
  type DecoderConfig,
  type DecoderParams,
  type DecoderSizes,
  defaultDecoderConfig,
  initDecoder,
} from './decoder-config.js';
export { type DecoderTraining, startDecoder } from './decoder-plan.js';
export { doublyStochasticPenalty } from './doubly-stochastic.js';
export {
  type CoderCell,
  type CoderCellParams,
  type EncodedSource,
  type EncoderParams,
  type EncoderSizes,
  type EncodeSourceOptions,
  encodeSource,
  initEncoder,
} from './encoder.js';
export { type EnsembleMember, ensembleDecoder } from './ensemble.js';
export type { DecodeOptions, DecoderStep, Generated } from './generate.js';
export { type GreedyOptions, greedyDecode } from './greedy.js';
export { type OverwriteAlpha, overwriteAlpha } from './overwrite.js';
export { type DrawSymbol, type SampledOptions, sampleDecode } from './sampled.js';
export { replaceUnknown, type UnknownWords } from './unknown-words.js';
