import { type ParamSnapshot, type ParamTree, restoreParams, snapshotParams } from '../core/params.js';

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

/** What a watch remembers; a training that is resumed goes on with it. */
export interface WatchState {
  readonly best?: { readonly step: number; readonly value: number } | undefined;
  /** Looks since the best. */
  readonly looks: number;
  /** The best weights, where they are to be put back. */
  readonly weights?: ParamSnapshot | undefined;
}

export interface Watch {
  state(): WatchState;
  restore(state: WatchState): void;
  /** True where training should stop. */
  look(step: number): Promise<boolean>;
  finish(): void;
}

/** Remembers the best weights. */
export function createWatch(
  params: ParamTree,
  { every, evaluate, patience, restoreBest = true }: EarlyStopping,
): Watch {
  let state: WatchState = { looks: 0 };
  return {
    state: () => state,
    restore: (former) => {
      state = former;
    },
    async look(step) {
      if (step % every !== 0) return false;
      const value = await evaluate();
      if (Number.isNaN(value))
        throw new Error(`train: early stopping's evaluate gave NaN after ${step} steps`);
      if (state.best === undefined || value < state.best.value) {
        const weights = restoreBest ? snapshotParams(params) : undefined;
        state = { best: { step, value }, looks: 0, weights };
        return false;
      }
      state = { ...state, looks: state.looks + 1 };
      return state.looks >= patience;
    },
    finish() {
      if (state.weights !== undefined) restoreParams(params, state.weights);
    },
  };
}
