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
export { initLstm, type LstmParams, type LstmSizes, lstm, lstmCell, lstmStep } from './lstm.js';
export { initRnn, type RnnParams, rnn, rnnCell, rnnStep } from './rnn.js';
export type { SequenceOptions, SequenceResult } from './sequence.js';
