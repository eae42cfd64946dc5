import * as tf from '@tensorflow/tfjs';
import type { AlignmentState } from '../attention/index.js';
import { embed } from '../layers/embedding.js';
import type { DecoderPlan, DecoderState } from './decoder-plan.js';
import { packState } from './decoder-plan.js';
import { combine, type StepsTrace, type TraceOptions } from './decoder-trace.js';
import { type OverwriteAlpha, overwriteAlpha } from './overwrite.js';

export interface LoopOptions extends TraceOptions {
  readonly overwrite?: OverwriteAlpha | undefined;
  /** Chooses what a step is given, by the scores of the step before; the symbol in `given` where it returns null. */
  readonly choose?: ((step: number, seen: tf.Tensor2D) => tf.Tensor1D | null) | undefined;
}

/** Any decoder as its equations, one step after the other, of plain operations. */
export function traceByStep(plan: DecoderPlan, options: LoopOptions): StepsTrace {
  const { memory, time, choose, drop } = options;
  const given: tf.Tensor2D[] = [];
  const made: Step[] = [];
  let state = options.state;
  for (const [n, right] of (tf.unstack(options.given) as tf.Tensor2D[]).entries()) {
    const before = made.at(-1);
    const chosen = before && choose ? choose(n, seenBy(before, given[n - 1]!)) : null;
    const vector = chosen === null ? right : drop(embed(plan.params.embedding, chosen));
    const step = oneStep(plan, vector, state, time + n, options);
    given.push(vector);
    made.push(step);
    state = step.state;
  }
  const all = (part: (step: Step) => tf.Tensor2D) => tf.stack(made.map(part)) as tf.Tensor3D;
  return {
    given: tf.stack(given) as tf.Tensor3D,
    states: all(({ hidden }) => hidden),
    contexts: all(({ context }) => context),
    attentional: plan.config.look === 'after' ? all(({ attentional }) => attentional!) : null,
    alphas: plan.alignment
      ? all(({ alpha }) => alpha)
      : tf.zeros([made.length, ...memory.values.shape.slice(0, 2)] as [number, number, number]),
    last: packState(plan, state),
  };
}

interface Step {
  readonly hidden: tf.Tensor2D;
  readonly context: tf.Tensor2D;
  readonly attentional: tf.Tensor2D | null;
  readonly alpha: tf.Tensor2D;
  readonly state: DecoderState;
}

/** What the scores of a step are made from. */
const seenBy = ({ hidden, context, attentional }: Step, given: tf.Tensor2D): tf.Tensor2D =>
  attentional ?? tf.concat([hidden, context, given], 1);

function oneStep(
  plan: DecoderPlan,
  given: tf.Tensor2D,
  state: DecoderState,
  time: number,
  options: LoopOptions,
): Step {
  const { look } = plan.config;
  const read = (input: tf.Tensor2D) => stepLayers(plan, input, state.cells, options);
  const hiddenOf = (cells: DecoderState['cells']) => plan.cell.hidden(cells);
  if (look === 'never') {
    const context = state.summary!;
    const cells = read(tf.concat([given, context], 1));
    const next = { ...state, cells };
    return { hidden: hiddenOf(cells), context, attentional: null, alpha: context, state: next };
  }
  if (look === 'before') {
    const { context, alpha } = lookOnce(plan, hiddenOf(state.cells), state, time, options);
    const cells = read(tf.concat([given, context], 1));
    const next = { ...state, cells, alpha: carried(plan, state, alpha) };
    return { hidden: hiddenOf(cells), context, attentional: null, alpha, state: next };
  }
  const cells = read(state.feed === null ? given : tf.concat([given, state.feed], 1));
  const hidden = hiddenOf(cells);
  const { context, alpha } = lookOnce(plan, hidden, state, time, options);
  const attentional = combine(plan, context, hidden);
  const feed = state.feed === null ? null : attentional;
  return {
    hidden,
    context,
    attentional,
    alpha,
    state: { ...state, cells, feed, alpha: carried(plan, state, alpha) },
  };
}

/** What a stepwise alignment goes on from; the others keep nothing. */
const carried = ({ alignment }: DecoderPlan, state: DecoderState, paid: tf.Tensor2D): tf.Tensor2D =>
  state.alpha === null ? paid : alignment!.carry(state.alpha, paid);

/** Context and alpha of a query, with what the caller puts in alpha's place. */
function lookOnce(
  plan: DecoderPlan,
  query: tf.Tensor2D,
  state: DecoderState,
  time: number,
  { memory, training, overwrite }: LoopOptions,
): { readonly context: tf.Tensor2D; readonly alpha: tf.Tensor2D } {
  const alignment = plan.alignment!;
  const random = training?.random.child('noise').child(time);
  // Where alpha does not matter to the next one, any will do; the number of the step always does (windows that move).
  const at: AlignmentState = { step: time, alpha: state.alpha ?? alignment.start(memory).alpha };
  const looked = alignment.look(query, memory, at, random ? { random } : {});
  return overwrite === undefined ? looked : overwriteAlpha(looked, memory, time, overwrite);
}

function stepLayers(
  plan: DecoderPlan,
  input: tf.Tensor2D,
  states: DecoderState['cells'],
  { drop }: LoopOptions,
): DecoderState['cells'] {
  let below = input;
  return plan.layers.map((weights, n) => {
    const next = plan.layer.step(weights, n === 0 ? below : drop(below), states[n]!);
    below = plan.layer.hidden(next);
    return next;
  });
}
