import * as tf from '@tensorflow/tfjs';
import { type ParamSnapshot, type ParamTree, restoreParams, snapshotParams } from '../core/params.js';
import type { Random } from '../random/random.js';
import { type AdamConfig, type AdamState, adamStep, initAdam } from './adam.js';
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

export interface EarlyStopping {
  /** Steps between two looks. */
  readonly every: number;
  /** A number that should fall, such as the loss on validation data. */
  readonly evaluate: () => number | Promise<number>;
  /** Looks without improvement before training stops. */
  readonly patience: number;
  /** Put the best weights back at the end; default true. */
  readonly restoreBest?: boolean;
}

export interface TrainOptions<Batch> {
  readonly params: ParamTree;
  /** A scalar for one batch; it may make tensors freely. */
  readonly loss: (batch: Batch, context: StepContext) => tf.Scalar;
  /** The batch of a step, or batches one after the other (training ends where they end). */
  readonly batches: ((step: number) => Batch | Promise<Batch>) | Iterable<Batch> | AsyncIterable<Batch>;
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
  /** Called after every `every` steps and at the end, with what a resumed training needs. */
  readonly checkpoint?: {
    readonly every: number;
    readonly save: (state: { readonly step: number; readonly optimizer: AdamState }) => void | Promise<void>;
  };
  /** Goes on with the state of a former training; `batches` as a function then begins at its step. Stays the caller's. */
  readonly optimizer?: AdamState;
}

export interface TrainResult {
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
  const next = batchSource(options.batches);
  const history: StepReport[] = [];
  const watch = options.earlyStopping === undefined ? undefined : createWatch(params, options.earlyStopping);
  const began = performance.now();
  let turn = began;
  let step = optimizer.step.dataSync()[0]!;
  let saved = step;
  let stopped: TrainResult['stopped'] = 'steps';
  try {
    for (; step < steps; step++) {
      if (performance.now() - turn > turnMilliseconds) {
        await eventLoopTurn();
        turn = performance.now();
      }
      if (signal?.aborted) {
        stopped = 'aborted';
        break;
      }
      const batch = await next(step);
      if (batch === undefined) {
        stopped = 'data';
        break;
      }
      const context: StepContext = { step, random: random?.child(step) ?? null };
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
      if (checkpoint !== undefined && (step + 1) % checkpoint.every === 0) {
        await checkpoint.save({ step: step + 1, optimizer });
        saved = step + 1;
      }
      if (watch !== undefined && (await watch.look(step + 1))) {
        step++;
        stopped = 'early';
        break;
      }
    }
    watch?.finish();
    if (checkpoint !== undefined && saved !== step) await checkpoint.save({ step, optimizer });
  } finally {
    if (options.optimizer === undefined) disposeAdam(optimizer);
  }
  const best = watch?.best();
  return { step, stopped, history, ...(best === undefined ? {} : { best }) };
}

function disposeAdam({ step, first, second }: AdamState): void {
  tf.dispose([step, ...Object.values(first), ...Object.values(second)]);
}

type Checked = Pick<
  TrainOptions<unknown>,
  'steps' | 'learningRate' | 'clipNorm' | 'checkpoint' | 'earlyStopping'
>;

function checkOptions({ steps, learningRate, clipNorm, checkpoint, earlyStopping }: Checked): void {
  const whole = (name: string, value: number | undefined) => {
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw new Error(`train: ${name} must be a positive integer, got ${value}`);
    }
  };
  whole('steps', steps);
  whole('checkpoint.every', checkpoint?.every);
  whole('earlyStopping.every', earlyStopping?.every);
  whole('earlyStopping.patience', earlyStopping?.patience);
  if (typeof learningRate === 'number' && !(learningRate > 0)) {
    throw new Error(`train: the learning rate must be above 0, got ${learningRate}`);
  }
  if (clipNorm !== undefined && !(clipNorm > 0))
    throw new Error(`train: clipNorm must be above 0, got ${clipNorm}`);
}

/** The next batch in a box, or undefined where there is no more. */
function batchSource<Batch>(
  batches: TrainOptions<Batch>['batches'],
): (step: number) => Promise<{ readonly value: Batch } | undefined> {
  if (typeof batches === 'function') return async (step) => ({ value: await batches(step) });
  const iterator =
    Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  return async () => {
    const { done, value } = await iterator.next();
    return done ? undefined : { value };
  };
}

/** Remembers the best weights. */
function createWatch(params: ParamTree, { every, evaluate, patience, restoreBest = true }: EarlyStopping) {
  let best: { step: number; value: number } | undefined;
  let weights: ParamSnapshot | undefined;
  let looks = 0;
  return {
    best: () => best,
    /** True where training should stop. */
    async look(step: number): Promise<boolean> {
      if (step % every !== 0) return false;
      const value = await evaluate();
      if (Number.isNaN(value))
        throw new Error(`train: early stopping's evaluate gave NaN after ${step} steps`);
      if (best === undefined || value < best.value) {
        best = { step, value };
        looks = 0;
        if (restoreBest) weights = snapshotParams(params);
        return false;
      }
      looks++;
      return looks >= patience;
    },
    finish(): void {
      if (weights !== undefined) restoreParams(params, weights);
    },
  };
}

function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
