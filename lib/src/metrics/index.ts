export {
  type AlignedExample,
  type Alpha,
  argmax,
  entropy,
  type PointingOptions,
  paddingMass,
  pointingAccuracy,
} from './alignment.js';
export {
  type AlignedSentence,
  type AlignmentLink,
  alignmentErrorRate,
  linksOf,
  misalignedShare,
} from './alignment-error.js';
export {
  type BleuOptions,
  type BleuScore,
  type BleuSmoothing,
  corpusBleu,
  defaultBleuOptions,
  formatBleu,
  SACREBLEU_VERSION,
  sentenceBleu,
} from './bleu.js';
export { type ChrfOptions, type ChrfScore, chrf, defaultChrfOptions, formatChrf } from './chrf.js';
export { type PixelBox, type PixelGrid, type Pointing, pointingMass, pointingShare } from './pointing.js';
export {
  largestPlaces,
  type RationaleOptions,
  type RationaleScore,
  type ReadText,
  rationaleScore,
} from './rationale.js';
export { editDistance, exactMatch, tokenAccuracy } from './sequence.js';
