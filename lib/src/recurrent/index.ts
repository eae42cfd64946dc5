export {
  type BidirectionalParams,
  type BidirectionalResult,
  bidirectional,
  initBidirectional,
} from './bidirectional.js';
export type { Cell, CellSizes } from './cell.js';
export {
  type EngineLevel,
  engineLevels,
  limitEngine,
  registerEngine,
  type SequenceEngine,
  type SequenceOps,
  sequenceEngine,
} from './engine.js';
export { type GruParams, gru, gruCell, gruStep, initGru } from './gru.js';
export {
  type ImportedCell,
  type ImportedParams,
  type ImportedTensor,
  importKerasCell,
  importTorchCell,
  type KerasWeights,
} from './import.js';
export { initLstm, type LstmParams, type LstmSizes, lstm, lstmCell, lstmStep } from './lstm.js';
export { initRnn, type RnnParams, rnn, rnnCell, rnnStep } from './rnn.js';
export type { SequenceOptions, SequenceResult } from './sequence.js';
export {
  initStacked,
  type StackedOptions,
  type StackedResult,
  type StackedSizes,
  stacked,
  stackedCell,
} from './stacked.js';
export {
  type GradientThroughTime,
  gradientThroughTime,
  lengthOf,
  type ThroughTimeOptions,
} from './through-time.js';
export {
  type Carousel,
  carousel,
  halfLife,
  type LstmGates,
  lstmGates,
  measuredHalfLife,
} from './through-time-carousel.js';
export { type StateJacobians, spectralNorm, stateJacobians } from './through-time-jacobian.js';
export {
  type CarriedState,
  type Chunk,
  chunksOf,
  createCarriedState,
  type TruncatedOptions,
  type TruncatedResult,
  truncatedGradients,
} from './through-time-truncated.js';
export {
  chronoBias,
  gruCellWith,
  gruResetBefore,
  gruResetBeforeCell,
  gruResetBeforeStep,
  type LstmStart,
  lstmCellWith,
  type RnnVariant,
  rnnCellWith,
} from './variants.js';
