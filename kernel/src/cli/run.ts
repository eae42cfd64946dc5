import { basename, dirname, resolve } from 'node:path';
import { writeAtomically } from '../run/notebook.js';
import { renderPage } from '../run/page/page.js';
import { parseParameter } from '../run/parameters.js';
import { jsonReport, junitReport } from '../run/report.js';
import { type CellResult, passed } from '../run/results.js';
import { type NotebookResult, runNotebooks } from '../run/run.js';
import { numberOption, readArguments, takeParameters, UsageError } from './arguments.js';
import type { Command } from './command.js';

const help = `Usage: heed run NOTEBOOK... [options]

Runs notebooks without Jupyter, each on a kernel of its own, in the notebook's folder.
Fails (exit code 1) on a cell error, a claim that does not hold, a cell that was not run, a timeout,
a request for input, a kernel that ends, and on a notebook that has no code to run. The first failed cell
ends the run, but not a claim that does not hold: the cells after that one are run as well.

  --output DIR      write the executed notebooks there, whether or not they passed
  --write           store the outputs in the notebooks themselves, if they passed
  --html FILE       write the executed notebook as one HTML page (one notebook only)
  --junit FILE      write a JUnit report: a test case a cell and a claim
  --json FILE       write the same as JSON
  --keep-going      run the cells after a failed one, too (the run still fails)
  --timeout S       seconds a cell may take (default 1800)
  --kernel NAME     kernel to use: heed (default), tslab, or any that Jupyter knows
  -p NAME VALUE     set a parameter of the cell tagged "parameters"; may be repeated
  --jobs N          notebooks at a time (default 1)
  --quiet           no line a cell

Tags of a cell: raises-exception (must throw), skip-execution (is not run).`;

export const run: Command = {
  summary: 'run notebooks without Jupyter and report',
  help,
  run: async (args) => {
    const { rest, parameters } = takeParameters(args);
    const { values, positionals } = readArguments('run', rest, {
      output: { type: 'string' },
      write: { type: 'boolean' },
      html: { type: 'string' },
      junit: { type: 'string' },
      json: { type: 'string' },
      'keep-going': { type: 'boolean' },
      timeout: { type: 'string' },
      kernel: { type: 'string' },
      jobs: { type: 'string' },
      quiet: { type: 'boolean' },
    });
    if (positionals.length === 0)
      throw new UsageError(
        'heed run needs a notebook: heed run NOTEBOOK.ipynb\nWithout one there is nothing that could fail.',
      );
    if (values.html && positionals.length > 1)
      throw new UsageError('--html takes one notebook at a time; use heed page for the others.');
    if (values.output) refuseSameNames(positionals);
    const timeout = numberOption('timeout', values.timeout, { min: 0.1, max: 2_000_000 });
    const jobs = numberOption('jobs', values.jobs, { min: 1, integer: true }) ?? 1;
    // Leaving by exit() ends the kernels and removes their connection files.
    process.once('SIGINT', () => process.exit(130));
    process.once('SIGTERM', () => process.exit(143));
    const several = positionals.length > 1;
    const results = await runNotebooks(
      positionals,
      (path) => ({
        ...(values.kernel ? { kernel: values.kernel } : {}),
        ...(timeout ? { timeout } : {}),
        ...(values.output ? { output: values.output } : {}),
        write: values.write ?? false,
        keepGoing: values['keep-going'] ?? false,
        parameters: Object.fromEntries(parameters.map(([name, text]) => [name, parseParameter(text)])),
        onCell: (cell, total) => {
          if (!values.quiet || !passed(cell.status))
            sayCell(cell, total, several ? `${basename(path)} ` : '');
        },
      }),
      { jobs, onDone: (result) => sayNotebook(result, { write: values.write ?? false }) },
    );
    if (values.junit) writeAtomically(values.junit, junitReport(results));
    if (values.json) writeAtomically(values.json, jsonReport(results));
    const executed = results[0]?.notebook;
    if (values.html && executed)
      writeAtomically(values.html, renderPage(executed, { folder: dirname(resolve(positionals[0]!)) }));
    return results.every((result) => result.passed) ? 0 : 1;
  },
};

function refuseSameNames(paths: readonly string[]): void {
  const names = paths.map((path) => basename(path));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice)
    throw new UsageError(
      `two notebooks are called ${twice}; in one --output folder the second would replace the first. Run them one by one.`,
    );
}

function sayCell({ number, status, message, seconds }: CellResult, total: number, name: string): void {
  const line = `${name}[${number}/${total}] ${status} ${seconds.toFixed(1)} s`;
  console.log(message && status !== 'not run' ? `${line}: ${message}` : line);
}

function sayNotebook(result: NotebookResult, { write }: { write: boolean }): void {
  const { path, cells, seconds, error, written } = result;
  if (error) console.error(`heed run: ${error}`);
  const claims = cells.flatMap((cell) => cell.claims);
  const counts = [
    `${cells.filter((cell) => cell.status === 'ok').length} of ${cells.length} cells ok`,
    claims.length > 0
      ? `${claims.filter((claim) => claim.holds).length} of ${claims.length} claims hold`
      : '',
  ].filter(Boolean);
  const verdict = result.passed ? 'passed' : 'FAILED';
  console.log(`${path}: ${verdict}${error ? '' : `, ${counts.join(', ')}`} (${seconds.toFixed(1)} s)`);
  for (const file of written) console.log(`  written: ${file}`);
  if (write && !result.passed)
    console.log(`  not written: ${path} is as it was, because the run did not pass`);
}
