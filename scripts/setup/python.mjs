import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runQuiet, SetupError, step } from './step.mjs';

export const venv = join(root, '.venv');
const bin = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');
export const venvPython = join(bin, process.platform === 'win32' ? 'python.exe' : 'python');

/** Where Jupyter keeps what it writes: all of it inside the project. */
export const jupyterEnvironment = {
  ...process.env,
  JUPYTER_CONFIG_DIR: join(root, '.heed/jupyter/config'),
  JUPYTER_DATA_DIR: join(root, '.heed/jupyter/data'),
  JUPYTER_RUNTIME_DIR: join(root, '.heed/jupyter/runtime'),
  JUPYTERLAB_SETTINGS_DIR: join(root, '.heed/jupyter/settings'),
  JUPYTERLAB_WORKSPACES_DIR: join(root, '.heed/jupyter/workspaces'),
  IPYTHONDIR: join(root, '.heed/ipython'),
  JUPYTER_PREFER_ENV_PATH: '1',
};

/** A Python >= 3.10 with the venv module, as a command line, or undefined. `HEED_PYTHON` names one by hand; `none` means none. */
export function findPython() {
  const named = process.env.HEED_PYTHON;
  if (named === 'none') return undefined;
  const candidates = named
    ? [[named]]
    : [['python3'], ['python'], ['python3.13'], ['python3.12'], ['python3.11'], ['python3.10'], ['py', '-3']];
  const probe = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 1)';
  return candidates.find(
    ([command, ...args]) => spawnSync(command, [...args, '-c', probe], { stdio: 'ignore' }).status === 0,
  );
}

/**
 * A project-local environment with the pinned packages of the given requirement files.
 * Returns undefined when it is ready, else one line that says why it is not.
 */
export async function ensureEnvironment(requirements = ['requirements.txt']) {
  const python = findPython();
  if (!python) return 'no Python >= 3.10 with venv was found';
  const wanted = createHash('sha256');
  for (const file of requirements) wanted.update(readFileSync(join(root, file)));
  const hash = wanted.digest('hex');
  const stamp = join(venv, `.heed-${requirements.length}`);
  if (existsSync(venvPython) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return undefined;
  try {
    await step('Python environment', async () => {
      if (!existsSync(venvPython)) {
        rmSync(venv, { recursive: true, force: true });
        await runQuiet(python[0], [...python.slice(1), '-m', 'venv', venv]);
      }
      const files = requirements.flatMap((file) => ['-r', join(root, file)]);
      await runQuiet(venvPython, [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--no-cache-dir',
        '--disable-pip-version-check',
        ...files,
      ]);
      writeFileSync(stamp, hash);
      return 'Python environment with JupyterLab in .venv';
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return `the Python packages could not be installed (${error.message.split('\n').at(-1).slice(0, 160)})`;
  }
  return undefined;
}

/** Puts the kernel and the course's JupyterLab settings into the environment. */
export async function ensureKernelspec() {
  await step('kernel "heed" registered in .venv', async () => {
    await runQuiet(process.execPath, [join(root, 'kernel/bin/heed.js'), 'install', '--prefix', venv]);
    // JupyterLab starts a CommonJS yarn from in here; without this it would be read by the project's module type.
    writeFileSync(join(venv, 'package.json'), '{ "type": "commonjs" }\n');
    const settings = join(venv, 'share/jupyter/lab/settings');
    mkdirSync(settings, { recursive: true });
    const overrides = {
      '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false },
    };
    writeFileSync(join(settings, 'overrides.json'), `${JSON.stringify(overrides, null, 2)}\n`);
  });
}
