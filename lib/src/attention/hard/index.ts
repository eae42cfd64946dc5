export { type Annealing, annealed } from './anneal.js';
export { type BaselineState, optimalBaseline, startBaseline } from './baselines.js';
export {
  type Choice,
  type ChooseOptions,
  chooseGreedy,
  chooseSampled,
  type SampleOptions,
} from './choose.js';
export { type Baseline, defaultHardConfig, type Estimator, type HardConfig } from './config.js';
export { attentionEntropy } from './entropy.js';
export { gumbel, gumbelNoise } from './gumbel.js';
export { type HardAttention, type HardAttentionOptions, hardAttention } from './hard.js';
export { initLearnedBaseline, type LearnedBaselineParams, learnedBaseline } from './learned.js';
export * from './oracle/index.js';
export { type RelaxedOptions, relaxedWeights } from './relaxed.js';
export { type ScoreFunctionLoss, type ScoreFunctionOptions, scoreFunctionLoss } from './score-function.js';
export { variationalBound, xuConfig } from './xu.js';
