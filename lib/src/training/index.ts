export { type AdamConfig, type AdamState, adamStep, defaultAdam, type Gradients, initAdam } from './adam.js';
export { clipScale, type LossAndGradients, lossAndGradients, NonFiniteError } from './gradients.js';
export { type Schedule, type WarmupCosine, warmupCosine } from './schedule.js';
export { chooseStart, type StartChoice, type StartOptions } from './starts.js';
export {
  type EarlyStopping,
  type StepContext,
  type StepReport,
  type TrainOptions,
  type TrainResult,
  train,
} from './train.js';
