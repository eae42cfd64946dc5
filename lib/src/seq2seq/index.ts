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
export { type DecoderStep, type Generated, type GreedyOptions, greedyDecode } from './greedy.js';
