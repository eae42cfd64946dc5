import { examine } from '../run/doctor.js';
import { readArguments } from './arguments.js';
import type { Command } from './command.js';

const MARKS = { ok: 'ok     ', missing: 'missing', broken: 'BROKEN ' } as const;

export const doctor: Command = {
  summary: 'look at what is installed and say what to do',
  help: `Usage: heed doctor [--json]

Looks at Node, npm, Python, JupyterLab, the kernel, its registration, the engine and the memory.
Exit code 1 only if something needed is broken; what is merely missing is named with what it is for.`,
  run: async (args) => {
    const { values } = readArguments('doctor', args, { json: { type: 'boolean' } });
    const findings = examine();
    if (values.json) console.log(JSON.stringify(findings, null, 2));
    else
      for (const { what, health, found, advice } of findings) {
        console.log(`${MARKS[health]}  ${what.padEnd(11)} ${found}`);
        if (advice) console.log(`${' '.repeat(21)}${advice}`);
      }
    return findings.some(({ health }) => health === 'broken') ? 1 : 0;
  },
};
