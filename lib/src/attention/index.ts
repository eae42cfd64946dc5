export { type Attended, type AttendOptions, attend } from './attend.js';
export {
  type AdditiveParams,
  type AdditiveSizes,
  additiveScore,
  dotScore,
  initAdditive,
  type Score,
  scaledDotScore,
} from './score.js';
export { maskedSoftmax } from './softmax.js';
