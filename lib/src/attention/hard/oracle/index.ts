export type { SampledMoments } from './collect.js';
export { LESSON_COPIES, type LessonSentence, lessonCase, lessonSentences } from './lesson-case.js';
export { type MeasureOptions, measureEstimator } from './measure.js';
export {
  type EstimatorMoments,
  exactGradients,
  type ScoreFunctionSettings,
  scoreFunctionMoments,
} from './moments.js';
export {
  bestBaseline,
  bestBaselines,
  choiceOutcomes,
  exactGradient,
  expectedLoss,
  type Outcome,
} from './outcomes.js';
export {
  type ChoiceRow,
  type LogisticRow,
  logisticRow,
  rowAlpha,
  type TableRow,
  tableRow,
} from './problem.js';

export { type GumbelSettings, gumbelMoments, straightThroughMoments } from './relaxed-moments.js';
