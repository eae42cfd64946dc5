export { check, type Points, points } from './check.js';
export { type Bound, CLAIM_TYPE, type ClaimValue, claim } from './claim.js';
export { cellSignal, currentHost, HOST, type Host } from './host.js';
export {
  type Clock,
  type LiveFigure,
  type LiveFigureOptions,
  liveFigure,
  type Progress,
  type ProgressOptions,
  progress,
} from './live.js';
export { type LibrarySource, librarySource } from './source.js';
