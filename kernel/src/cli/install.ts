import { type InstallOptions, installKernel, uninstallKernel } from '../run/install.js';
import { readArguments, UsageError } from './arguments.js';
import type { Command } from './command.js';

const places = `  --user          for the present user (default)
  --sys-prefix    into the active Python environment
  --prefix DIR    into DIR/share/jupyter
  --name NAME     name of the kernel (default heed)`;

function readTarget(command: string, args: readonly string[]): InstallOptions {
  const { values, positionals } = readArguments(command, args, {
    user: { type: 'boolean' },
    'sys-prefix': { type: 'boolean' },
    prefix: { type: 'string' },
    name: { type: 'string' },
  });
  if (positionals.length > 0)
    throw new UsageError(
      `heed ${command} takes options only, got "${positionals[0]}". See: heed ${command} --help`,
    );
  const chosen = ['user', 'sys-prefix', 'prefix'].filter((name) => name in values);
  if (chosen.length > 1) throw new UsageError(`choose one of --${chosen.join(', --')}.`);
  const target = values['sys-prefix']
    ? 'sys-prefix'
    : values.prefix !== undefined
      ? { prefix: values.prefix }
      : 'user';
  return { target, ...(values.name ? { name: values.name } : {}) };
}

export const install: Command = {
  summary: 'register the kernel in Jupyter',
  help: `Usage: heed install [options]

Registers this kernel in Jupyter, so that notebooks can choose "TypeScript (Heed)".

${places}`,
  run: async (args) => {
    const options = readTarget('install', args);
    console.log(`installed: ${installKernel(options)}`);
    return 0;
  },
};

export const uninstall: Command = {
  summary: 'remove the kernel from Jupyter',
  help: `Usage: heed uninstall [options]

Removes what heed install wrote; kernels of others are left alone.

${places}`,
  run: async (args) => {
    const options = readTarget('uninstall', args);
    console.log(`removed: ${uninstallKernel(options)}`);
    return 0;
  },
};
