/** One command of `heed`: a file each. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  readonly help: string;
  /** Does the work; resolves with the exit code: 0 well, 1 a fault in what was asked about. Wrong use throws a UsageError. */
  run(args: readonly string[]): Promise<number>;
}
