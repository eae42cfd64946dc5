import type { Claim } from './claims.js';

/**
 * How a cell ended. All but `ok`, `skipped` and `empty` fail the run:
 * `error` it threw, or should have thrown and did not; `claim` a claim does not hold; `timeout`; `aborted` the kernel refused to run it;
 * `died` the kernel ended; `stdin` it asked for input; `not run` a cell before it failed, or the kernel ended.
 */
export type CellStatus =
  | 'ok'
  | 'skipped'
  | 'empty'
  | 'error'
  | 'claim'
  | 'timeout'
  | 'aborted'
  | 'died'
  | 'stdin'
  | 'not run';

export interface CellResult {
  readonly id: string;
  /** Counted over the code cells, from 1. */
  readonly number: number;
  readonly status: CellStatus;
  /** What went wrong, in words; empty if nothing. */
  readonly message: string;
  readonly seconds: number;
  readonly claims: readonly Claim[];
}

export const passed = (status: CellStatus): boolean => ['ok', 'skipped', 'empty'].includes(status);

export interface ExecuteOptions {
  /** Seconds a cell may take. */
  readonly timeout: number;
  /** Milliseconds an interrupted cell has to end before the kernel is killed. */
  readonly grace: number;
  /** Run the cells after one that failed, too. */
  readonly keepGoing: boolean;
  /** Called after each cell. */
  readonly onCell?: (result: CellResult, total: number) => void;
}

export const EXECUTE_DEFAULTS: ExecuteOptions = {
  // The longest lesson cell trains for some minutes on a slow laptop; a hang must still end a night's run.
  timeout: 1800,
  // Twice what a kernel needs to leave a native operation that cannot be cut short.
  grace: 5000,
  // What follows an error mostly fails because of it.
  keepGoing: false,
};
