export {
  type Alignment,
  type AlignmentState,
  createAlignment,
  type Look,
  type LookAll,
  type LookOptions,
  mixValues,
} from './alignment.js';
export { type AlignmentConfig, defaultAlignmentConfig } from './alignment-config.js';
export {
  type AlignmentParams,
  type AlignmentSizes,
  additiveWeights,
  initAlignment,
} from './alignment-params.js';
export { type Attended, type AttendOptions, attend } from './attend.js';
export { type CoverageWeights, coverageScores } from './coverage-score.js';
export { maskedEntmax15, maskedSparsemax } from './entmax.js';
export * from './hard/index.js';
export { attendHeads, type HeadsAttended, type HeadsOptions } from './heads.js';
export { type LocationSensitiveWeights, locationSensitiveScores } from './location-sensitive.js';
export { type MonotonicOptions, monotonic } from './monotonic.js';
export { monotonicAlpha } from './monotonic-recurrence.js';
export {
  initMultiHead,
  type MultiHeadAttended,
  type MultiHeadOptions,
  type MultiHeadParams,
  type MultiHeadSizes,
  type MultiHeadWeights,
  multiHeadAttend,
} from './multi-head.js';
export {
  type AdditiveParams,
  type AdditiveSizes,
  additiveScore,
  dotScore,
  initAdditive,
  type Score,
  scaledDotScore,
} from './score.js';
export { cosineScore } from './score-cosine.js';
export { concatScore, generalScore, locationScore } from './score-luong.js';
export { maskedSoftmax, type Normaliser } from './softmax.js';
export * from './tf-layers/index.js';
export { localMonotonic, localPredictive, type Window, type WindowView } from './window.js';
