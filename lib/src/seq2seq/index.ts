export { type BeamOptions, beamDecode, defaultBeam, type Hypothesis, repeatRows } from './beam.js';
export { coveragePenalty, lengthPenalty } from './beam-score.js';
export { type BridgeParams, bridgeStates, initBridge } from './bridge.js';
export {
  attentionMemory,
  type DecodedSteps,
  type DecoderParams,
  type DecoderSizes,
  decodeSteps,
  initDecoder,
} from './decoder.js';
export {
  type CoderCell,
  type CoderCellParams,
  type EncodedSource,
  type EncoderParams,
  type EncoderSizes,
  encodeSource,
  initEncoder,
} from './encoder.js';
export { type EnsembleMember, ensembleDecoder } from './ensemble.js';
export type { DecodeOptions, DecoderStep, Generated } from './generate.js';
export { type GreedyOptions, greedyDecode } from './greedy.js';
export { type DrawSymbol, type SampledOptions, sampleDecode } from './sampled.js';
