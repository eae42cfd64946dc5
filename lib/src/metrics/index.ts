export {
  type AlignedExample,
  type Alpha,
  argmax,
  entropy,
  type PointingOptions,
  paddingMass,
  pointingAccuracy,
} from './alignment.js';
export { editDistance, exactMatch } from './sequence.js';
