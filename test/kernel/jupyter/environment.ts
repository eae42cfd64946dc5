import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { TestContext } from 'node:test';

export const root = resolve(import.meta.dirname, '../../..');
export const python = join(
  root,
  '.venv',
  ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
);

/** A folder of Jupyter's own for one test, with the kernel installed in it as a user would. */
export interface Jupyter {
  /** The working folder of what `run` starts. */
  readonly folder: string;
  /** Under which Jupyter keeps to this folder and finds the kernel. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs Python in the project's environment; rejects with what it printed when it fails or takes too long. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
}

export interface RunOptions {
  readonly timeout?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Do not reject when the program ends with an error. */
  readonly mayFail?: boolean;
}

export interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** Why tests against Jupyter cannot run here, or undefined. With CI set they must. */
function missing(modules: readonly string[]): string | undefined {
  if (!existsSync(python)) return 'there is no Python environment in .venv (CI=true npm test makes it)';
  const { status } = spawnSync(python, ['-c', `import ${modules.join(', ')}`]);
  if (status !== 0) return `.venv lacks one of ${modules.join(', ')} (CI=true npm test installs them)`;
  if (!existsSync(join(root, 'kernel/dist/server.js'))) return 'the kernel is not built (npm run build)';
  return undefined;
}

/** Prepares Jupyter for a test, or skips it and says why. */
export async function jupyter(t: TestContext, modules: readonly string[]): Promise<Jupyter | undefined> {
  const reason = missing(modules);
  if (reason !== undefined) {
    if (process.env.CI) throw new Error(`With CI set the tests against Jupyter must run, but ${reason}.`);
    t.skip(reason);
    return undefined;
  }
  const base = mkdtempSync(join(tmpdir(), 'heed jupyter '));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  const env = {
    ...process.env,
    PATH: `${dirname(python)}${delimiter}${process.env.PATH ?? ''}`,
    JUPYTER_PATH: join(base, 'prefix/share/jupyter'),
    JUPYTER_CONFIG_DIR: join(base, 'config'),
    JUPYTER_DATA_DIR: join(base, 'data'),
    JUPYTER_RUNTIME_DIR: join(base, 'runtime'),
    IPYTHONDIR: join(base, 'ipython'),
  };
  const run = (program: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> =>
    new Promise((done, fail) => {
      const child = spawn(program, args, {
        cwd: base,
        env: { ...env, ...options.env },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: options.timeout ?? 120_000,
      });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
      child.once('error', fail);
      child.once('close', (code) => {
        if (code === 0 || options.mayFail) done({ code, text });
        else fail(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${text.slice(-8000)}`));
      });
    });
  await run(process.execPath, [
    join(root, 'kernel/bin/heed.js'),
    'install',
    '--prefix',
    join(base, 'prefix'),
  ]);
  return { folder: base, env, run: (args, options) => run(python, args, options) };
}
