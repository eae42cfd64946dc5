export { type AdamConfig, type AdamState, adamStep, defaultAdam, type Gradients, initAdam } from './adam.js';
export type { CheckpointFile } from './checkpoint-file.js';
export type { EarlyStopping } from './early-stopping.js';
export { clipScale, type LossAndGradients, lossAndGradients, NonFiniteError } from './gradients.js';
export {
  inverseSigmoid,
  type Noam,
  noam,
  type Schedule,
  type WarmupCosine,
  warmupCosine,
} from './schedule.js';
export { chooseStart, type StartChoice, type StartOptions } from './starts.js';
export {
  type CheckpointFunction,
  type StepContext,
  type StepReport,
  type TrainOptions,
  type TrainResult,
  train,
} from './train.js';
