import * as tf from '@tensorflow/tfjs';
import type { ParamTree } from '../core/params.js';
import { dropout } from '../layers/dropout.js';
import type { Random } from '../random/random.js';
import type { Cell, CellSizes } from './cell.js';
import type { SequenceOptions } from './sequence.js';

export interface StackedSizes extends CellSizes {
  /** Cells on top of each other, each reading the outputs of the one below. */
  readonly layers: number;
}

export interface StackedOptions<State> extends Omit<SequenceOptions<State>, 'initialState'> {
  /** One state a layer, the lowest first. */
  readonly initialState?: readonly State[];
  /**
   * Between the layers, never from step to step: what a state remembers is not disturbed (Zaremba et al. 2014, "Recurrent
   * neural network regularization", section 3.1). Give none when not training.
   */
  readonly dropout?: { readonly rate: number; readonly random: Random };
}

export interface StackedResult<State> {
  /** Of the top layer, `[batch, time, units]`. */
  readonly outputs: tf.Tensor3D;
  /** After the last step, one a layer, the lowest first. */
  readonly states: readonly State[];
}

/** @throws where there is no layer */
export function initStacked<Params extends ParamTree, State>(
  cell: Cell<Params, State>,
  random: Random,
  { input, units, layers }: StackedSizes,
): readonly Params[] {
  if (!Number.isSafeInteger(layers) || layers < 1)
    throw new Error(`initStacked: layers must be an integer of at least 1, got ${layers}`);
  return Array.from({ length: layers }, (_, layer) =>
    cell.init(random.child(layer), { input: layer === 0 ? input : units, units }),
  );
}

/**
 * Cells on top of each other over a whole sequence.
 *
 * @param inputs `[batch, time, features]`
 * @throws where there is not one initial state a layer
 */
export function stacked<Params extends ParamTree, State>(
  cell: Cell<Params, State>,
  params: readonly Params[],
  inputs: tf.Tensor3D,
  options: StackedOptions<State> = {},
): StackedResult<State> {
  const { initialState, dropout: drop, ...rest } = options;
  if (params.length === 0) throw new Error('stacked: there is no layer; make parameters with initStacked');
  if (initialState !== undefined && initialState.length !== params.length)
    throw new Error(
      `stacked: expected ${params.length} initial states, one a layer, got ${initialState.length}`,
    );
  const [outputs, ...parts] = tf.tidy(() => {
    let below = inputs;
    const states: tf.Tensor2D[] = [];
    for (const [layer, weights] of params.entries()) {
      const read = drop === undefined || layer === 0 ? below : dropout(below, drop.rate, drop.random);
      const initial = initialState?.[layer];
      const result = cell.sequence(weights, read, {
        ...rest,
        ...(initial === undefined ? {} : { initialState: initial }),
      });
      below = result.outputs;
      states.push(...cell.parts(result.state));
    }
    return [below, ...states];
  }) as [tf.Tensor3D, ...tf.Tensor2D[]];
  const perLayer = parts.length / params.length;
  return {
    outputs,
    states: params.map((_, layer) => cell.fromParts(parts.slice(layer * perLayer, (layer + 1) * perLayer))),
  };
}

/** A stack as one cell, for whatever works with any cell; without dropout. `hidden` is the top layer's. */
export function stackedCell<Params extends ParamTree, State>(
  cell: Cell<Params, State>,
  layers: number,
): Cell<readonly Params[], readonly State[]> {
  return {
    name: `${layers} x ${cell.name}`,
    init: (random, sizes) => initStacked(cell, random, { ...sizes, layers }),
    step: (params, input, states) => {
      let below = input;
      return params.map((weights, layer) => {
        const next = cell.step(weights, below, states[layer]!);
        below = cell.hidden(next);
        return next;
      });
    },
    sequence: (params, inputs, options = {}) => {
      const { outputs, states } = stacked(cell, params, inputs, options);
      return { outputs, state: states };
    },
    hidden: (states) => cell.hidden(states[states.length - 1]!),
    // The hidden one first: the top layer before the others.
    parts: (states) => [...states].reverse().flatMap((state) => cell.parts(state)),
    fromParts: (parts) => {
      const each = parts.length / layers;
      return Array.from({ length: layers }, (_, n) =>
        cell.fromParts(parts.slice(n * each, (n + 1) * each)),
      ).reverse();
    },
  };
}
