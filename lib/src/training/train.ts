import * as tf from '@tensorflow/tfjs';
import type { ParamTree } from '../core/params.js';
import type { Random } from '../random/random.js';
import { type AdamConfig, type AdamState, adamStep, initAdam } from './adam.js';
import { type CheckpointFile, readCheckpointFile, writeCheckpoint } from './checkpoint-file.js';
import { createWatch, type EarlyStopping } from './early-stopping.js';
import { clipScale, lossAndGradients } from './gradients.js';
import type { Schedule } from './schedule.js';

/** What the loss of a step may draw on besides the batch. */
export interface StepContext {
  readonly step: number;
  /** A stream of this step's own, the same after a resumed start; null where `train` was given none. */
  readonly random: Random | null;
}

/** What one step did. */
export interface StepReport {
  /** Counted from 0. */
  readonly step: number;
  readonly steps: number;
  /** Before the step. */
  readonly loss: number;
  readonly learningRate: number;
  /** Length of the gradient before clipping. */
  readonly gradientNorm: number;
  /** Seconds since training began. */
  readonly seconds: number;
}

export interface TrainOptions<Batch> {
  readonly params: ParamTree;
  /** A scalar for one batch; it may make tensors freely. */
  readonly loss: (batch: Batch, context: StepContext) => tf.Scalar;
  /**
   * The batch of a step, or batches one after the other (training ends where they end). A training that is to be resumed to
   * the same result draws a batch from the step's number and `context.random` alone; batches one after the other are
   * skipped up to the step, which gives the same where they come again in the same order.
   */
  readonly batches:
    | ((step: number, context: StepContext) => Batch | Promise<Batch>)
    | Iterable<Batch>
    | AsyncIterable<Batch>;
  /** Steps of the whole training. */
  readonly steps: number;
  readonly learningRate: number | Schedule;
  /** Longest gradient, all parameters taken as one vector; not clipped where undefined. */
  readonly clipNorm?: number;
  readonly adam?: Partial<AdamConfig>;
  /** Each step gets a child of it. */
  readonly random?: Random;
  /** Training stops before the next step and returns what it has. */
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (report: StepReport) => void | Promise<void>;
  readonly earlyStopping?: EarlyStopping;
  /**
   * A file that the training is written to every `every` steps and at the end, and resumed from where it is there; or a
   * function that saves what a resumed training needs by itself.
   */
  readonly checkpoint?: CheckpointFile | CheckpointFunction;
  /** Goes on with the state of a former training; `batches` as a function then begins at its step. Stays the caller's. */
  readonly optimizer?: AdamState;
}

export interface CheckpointFunction {
  readonly every: number;
  readonly save: (state: { readonly step: number; readonly optimizer: AdamState }) => void | Promise<void>;
}

export interface TrainResult {
  /** Steps that were made before this call, by a former one. */
  readonly from: number;
  /** Steps made in all, former ones included. */
  readonly step: number;
  readonly stopped: 'steps' | 'data' | 'aborted' | 'early';
  /** One report a step of this call. */
  readonly history: readonly StepReport[];
  /** Best value of early stopping and the step after which it was seen. */
  readonly best?: { readonly step: number; readonly value: number };
}

/** Longest time without giving the event loop a turn, so that an interrupt and a live figure get theirs. */
const turnMilliseconds = 20;

/**
 * Trains parameters in place with Adam: loss and gradients of a batch, clipping, a step, a report, and so on. Everything
 * depends on the arguments alone, so the same seed gives the same weights to the last bit.
 *
 * @throws NonFiniteError where a loss or gradient is not finite; the weights before that step stay
 */
export async function train<Batch>(options: TrainOptions<Batch>): Promise<TrainResult> {
  const { params, steps, signal, onStep, clipNorm, random, checkpoint } = options;
  checkOptions(options);
  const optimizer = options.optimizer ?? initAdam(params);
  const history: StepReport[] = [];
  const watch = options.earlyStopping === undefined ? undefined : createWatch(params, options.earlyStopping);
  const state = { params, optimizer, watch };
  const save = async (step: number, finished: boolean) => {
    if (checkpoint === undefined) return;
    if ('save' in checkpoint) await checkpoint.save({ step, optimizer });
    else await writeCheckpoint(checkpoint, state, { finished });
  };
  const began = performance.now();
  let turn = began;
  let stopped: TrainResult['stopped'] = 'steps';
  let from = 0;
  let step = 0;
  try {
    const file = checkpoint !== undefined && 'path' in checkpoint;
    const finished = file && (await readCheckpointFile(checkpoint, state));
    from = optimizer.step.dataSync()[0]!;
    step = from;
    if (finished && step < steps) return { from, step, stopped: 'early', history, ...bestOf(watch) };
    let saved = step;
    const next = batchSource(options.batches, file ? step : 0);
    for (; step < steps; step++) {
      if (performance.now() - turn > turnMilliseconds) {
        await eventLoopTurn();
        turn = performance.now();
      }
      if (signal?.aborted) {
        stopped = 'aborted';
        break;
      }
      const context: StepContext = { step, random: random?.child(step) ?? null };
      const batch = await next(step, context);
      if (batch === undefined) {
        stopped = 'data';
        break;
      }
      const { loss, gradients, norm } = lossAndGradients(
        params,
        () => options.loss(batch.value, context),
        step,
      );
      const learningRate =
        typeof options.learningRate === 'number' ? options.learningRate : options.learningRate(step);
      adamStep(params, gradients, optimizer, learningRate, {
        ...options.adam,
        scale: clipScale(norm, clipNorm),
      });
      tf.dispose([...gradients.values()]);

      const seconds = (performance.now() - began) / 1000;
      const report: StepReport = { step, steps, loss, learningRate, gradientNorm: norm, seconds };
      history.push(report);
      await onStep?.(report);
      // Before the checkpoint: one that is resumed from must hold what this look saw.
      if (await watch?.look(step + 1)) {
        step++;
        stopped = 'early';
        break;
      }
      if (checkpoint !== undefined && (step + 1) % checkpoint.every === 0) {
        await save(step + 1, false);
        saved = step + 1;
      }
    }
    // What was broken off can be gone on with, so its last weights are kept; what has ended keeps its best.
    if (stopped === 'aborted' && saved !== step) await save(step, false);
    watch?.finish();
    if (stopped !== 'aborted' && (saved !== step || watch !== undefined))
      await save(step, stopped === 'early');
  } finally {
    if (options.optimizer === undefined) disposeAdam(optimizer);
  }
  return { from, step, stopped, history, ...bestOf(watch) };
}

function bestOf(watch: ReturnType<typeof createWatch> | undefined): Pick<TrainResult, 'best'> {
  const best = watch?.state().best;
  return best === undefined ? {} : { best };
}

function disposeAdam({ step, first, second }: AdamState): void {
  tf.dispose([step, ...Object.values(first), ...Object.values(second)]);
}

type Checked = Pick<
  TrainOptions<unknown>,
  'steps' | 'learningRate' | 'clipNorm' | 'checkpoint' | 'earlyStopping' | 'optimizer'
>;

function checkOptions(options: Checked): void {
  const { steps, learningRate, clipNorm, checkpoint, earlyStopping, optimizer } = options;
  const whole = (name: string, value: number | undefined) => {
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw new Error(`train: ${name} must be a positive integer, got ${value}`);
    }
  };
  whole('steps', steps);
  whole('checkpoint.every', checkpoint?.every);
  whole('earlyStopping.every', earlyStopping?.every);
  whole('earlyStopping.patience', earlyStopping?.patience);
  if (optimizer !== undefined && checkpoint !== undefined && 'path' in checkpoint)
    throw new Error('train: give an optimizer or a checkpoint file to go on from, not both');
  if (typeof learningRate === 'number' && !(learningRate > 0)) {
    throw new Error(`train: the learning rate must be above 0, got ${learningRate}`);
  }
  if (clipNorm !== undefined && !(clipNorm > 0))
    throw new Error(`train: clipNorm must be above 0, got ${clipNorm}`);
}

/** The next batch in a box, or undefined where there is no more. Of an iterable, the first `skipped` are left out. */
function batchSource<Batch>(
  batches: TrainOptions<Batch>['batches'],
  skipped: number,
): (step: number, context: StepContext) => Promise<{ readonly value: Batch } | undefined> {
  if (typeof batches === 'function')
    return async (step, context) => ({ value: await batches(step, context) });
  const iterator =
    Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  let left = skipped;
  return async () => {
    for (; left > 0; left--) if ((await iterator.next()).done) return undefined;
    const { done, value } = await iterator.next();
    return done ? undefined : { value };
  };
}

function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
