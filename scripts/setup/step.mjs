import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** A failure whose message is all the user needs: printed without a stack. */
export class SetupError extends Error {}

/** Does one step and says so in one line with its time. `work` may return a note that replaces the label. */
export async function step(label, work) {
  const start = performance.now();
  const tty = process.stdout.isTTY;
  if (tty) process.stdout.write(`  ${label} ...`);
  const note = await work();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(`${tty ? '\r\u001b[K' : ''}  ${note ?? label} (${seconds} s)\n`);
}

/** Runs a program quietly in the project folder; on failure the end of what it printed becomes the message. */
export function runQuiet(command, args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && command === 'npm',
      ...options,
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => fail(new SetupError(`${command} could not be started: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) return done(output);
      const tail = output.trim().split('\n').slice(-15).join('\n');
      fail(new SetupError(`${command} ${args.join(' ')} ended with ${code}:\n${tail}`));
    });
  });
}

/** Runs a program that speaks for itself; what ends this process ends it too. Resolves with its exit code. */
export function runLoud(command, args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    const pass = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, pass);
    const finish = () => {
      for (const signal of signals) process.off(signal, pass);
    };
    child.on('error', (error) => {
      finish();
      fail(new SetupError(`${command} could not be started: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      finish();
      done(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/** Runs a script's main function: a SetupError is one plain message and exit code 1. */
export async function main(work) {
  try {
    process.exitCode = (await work(process.argv.slice(2))) ?? 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
