import { CellRunner, type Ending } from './cell-runner.js';
import { type Notebook, tagsOf } from './notebook.js';
import type { KernelProcess } from './process.js';
import { type CellResult, EXECUTE_DEFAULTS, type ExecuteOptions, passed } from './results.js';

/**
 * Runs the code cells of a notebook in order on a started kernel. The first failure ends the run, unless it is a claim that does not
 * hold or the run shall keep going; the cells after it are `not run`.
 * The notebook is changed in place: outputs and execution counts.
 */
export async function executeNotebook(
  notebook: Notebook,
  kernel: KernelProcess,
  options: Partial<ExecuteOptions> = {},
): Promise<CellResult[]> {
  const settings = { ...EXECUTE_DEFAULTS, ...options };
  const cells = notebook.cells.filter((cell) => cell.cell_type === 'code');
  const run = new CellRunner(kernel, settings);
  const results: CellResult[] = [];
  let ended = false;
  let threw = false;
  for (const [index, cell] of cells.entries()) {
    const started = performance.now();
    const skip = tagsOf(cell).includes('skip-execution');
    if (!skip) Object.assign(cell, { outputs: [], execution_count: null });
    let end: Ending = { status: 'not run', message: 'a cell before it failed' };
    if (skip) end = { status: 'skipped', message: '' };
    else if (cell.source.trim() === '') end = { status: 'empty', message: '' };
    else if (!ended) end = await run.cell(cell, { afterError: threw });
    threw = end.threw ?? false;
    // A claim is a finding and leaves the cells after it as good as before; an error leaves them without what it should have made.
    const stops = !settings.keepGoing && end.status !== 'claim' && !passed(end.status);
    ended ||= stops || end.kernelEnded === true;
    const result: CellResult = {
      id: cell.id,
      number: index + 1,
      status: end.status,
      message: end.message,
      seconds: (performance.now() - started) / 1000,
      claims: run.claimsOf(cell.id),
    };
    results.push(result);
    settings.onCell?.(result, cells.length);
  }
  run.close();
  for (const cell of cells) {
    if (cell.execution_count === null && !run.ran(cell.id)) continue;
    cell.outputs = run.outputsOf(cell);
  }
  return results;
}
