import { checkNotebooks, describeFault } from '../run/check.js';
import { readArguments, UsageError } from './arguments.js';
import type { Command } from './command.js';

const help = `Usage: heed check NOTEBOOK... [--json]

Checks the types of all code cells without running them. One line an error:

  notebook.ipynb cell 4:2:7 error TS2322 Type 'string' is not assignable to type 'number'.

4 is the code cell, 2 the line, 7 the column. Exit code 1 if there is an error.
Cells tagged raises-exception or skip-execution may be wrong on purpose and are not reported.

  --json    print an array of objects instead`;

export const check: Command = {
  summary: 'check the types of notebooks without running them',
  help,
  run: async (args) => {
    const { values, positionals } = readArguments('check', args, { json: { type: 'boolean' } });
    if (positionals.length === 0)
      throw new UsageError('heed check needs a notebook: heed check NOTEBOOK.ipynb');
    const started = performance.now();
    const faults = checkNotebooks(positionals);
    if (values.json) console.log(JSON.stringify(faults, null, 2));
    else {
      for (const fault of faults) console.log(describeFault(fault));
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
      console.log(
        `${plural(positionals.length, 'notebook')}, ${plural(faults.length, 'error')} (${seconds} s)`,
      );
    }
    return faults.length === 0 ? 0 : 1;
  },
};
