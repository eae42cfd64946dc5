import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest, UsageError } from './cli/arguments.js';
import { check } from './cli/check.js';
import type { Command } from './cli/command.js';
import { doctor } from './cli/doctor.js';
import { install, uninstall } from './cli/install.js';
import { page } from './cli/page.js';
import { run } from './cli/run.js';
import { packageFolder } from './run/kernelspec.js';

const COMMANDS: Readonly<Record<string, Command>> = { run, check, page, install, uninstall, doctor };

function overview(): string {
  const names = Object.entries(COMMANDS);
  return `Usage: heed COMMAND [options]

TypeScript notebooks: a kernel for Jupyter, and what runs, checks and shows notebooks without it.

${names.map(([name, { summary }]) => `  ${name.padEnd(11)}${summary}`).join('\n')}

heed COMMAND --help tells more; heed --version tells the version.`;
}

function version(): string {
  return JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version;
}

/** The `heed` command. Exit codes: 0 well, 1 what was asked about is faulty, 2 wrong use. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(COMMANDS[rest[0] ?? '']?.help ?? overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    console.log(version());
    return 0;
  }
  try {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) {
      const guess = nearest(name, Object.keys(COMMANDS));
      throw new UsageError(
        `heed has no command "${name}".${guess ? ` Did you mean heed ${guess}?` : ''}\nSee: heed --help`,
      );
    }
    if (rest.includes('--help') || rest.includes('-h')) {
      console.log(command.help);
      return 0;
    }
    return await command.run(rest);
  } catch (error) {
    console.error(`heed: ${(error as Error).message}`);
    if (process.env.HEED_DEBUG) console.error(error);
    return error instanceof UsageError ? 2 : 1;
  }
}
