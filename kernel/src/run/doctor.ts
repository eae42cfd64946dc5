import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { installedKernels, kernelEntry, packageFolder } from './kernelspec.js';

/** `ok`; `missing` something optional is not there; `broken` something needed does not work. */
export type Health = 'ok' | 'missing' | 'broken';

export interface Finding {
  readonly what: string;
  readonly health: Health;
  readonly found: string;
  /** What to do about it; absent when all is well. */
  readonly advice?: string;
}

function versionOf(program: string, args: readonly string[] = ['--version']): string | undefined {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: 20_000,
    shell: process.platform === 'win32',
  });
  return status === 0 ? (stdout || stderr).trim().split('\n')[0] : undefined;
}

function node(): Finding {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const fits = major! > 20 || (major === 20 && minor! >= 19);
  return {
    what: 'Node',
    health: fits ? 'ok' : 'broken',
    found: `${process.versions.node}, ${process.platform} ${process.arch}`,
    ...(fits ? {} : { advice: 'Install Node 20.19 or newer.' }),
  };
}

function npm(): Finding {
  const version = versionOf('npm');
  return version
    ? { what: 'npm', health: 'ok', found: version }
    : {
        what: 'npm',
        health: 'missing',
        found: 'not found',
        advice: 'Needed to install packages; it comes with Node.',
      };
}

function python(): Finding {
  for (const program of ['python3', 'python']) {
    const version = versionOf(program)?.match(/Python (\d+)\.(\d+)\S*/);
    if (!version) continue;
    const fits = Number(version[1]) === 3 && Number(version[2]) >= 10;
    return {
      what: 'Python',
      health: fits ? 'ok' : 'missing',
      found: version[0],
      ...(fits ? {} : { advice: 'JupyterLab wants Python 3.10 or newer. heed run and heed page need none.' }),
    };
  }
  return {
    what: 'Python',
    health: 'missing',
    found: 'not found',
    advice: 'Only JupyterLab needs it (3.10 or newer). heed run and heed page work without.',
  };
}

function jupyter(): Finding {
  const local = join(process.cwd(), '.venv', process.platform === 'win32' ? 'Scripts' : 'bin', 'jupyter-lab');
  const version = existsSync(local) ? versionOf(local) : versionOf('jupyter-lab');
  return version
    ? { what: 'JupyterLab', health: 'ok', found: `${version}${existsSync(local) ? ' in .venv' : ''}` }
    : {
        what: 'JupyterLab',
        health: 'missing',
        found: 'not found',
        advice: 'npm start installs it into the project; or: pip install jupyterlab',
      };
}

function kernelspec(): Finding {
  const spec = [...installedKernels().values()].find(({ argv }) =>
    argv.some((part) => part.endsWith('heed-kernel.js')),
  );
  if (!spec)
    return {
      what: 'kernelspec',
      health: 'missing',
      found: 'not registered in Jupyter',
      advice: 'Run: heed install',
    };
  const gone = spec.argv.slice(0, 2).find((part) => !existsSync(part));
  return gone
    ? {
        what: 'kernelspec',
        health: 'broken',
        found: `${spec.folder} names ${gone}, which is not there`,
        advice: 'Run heed install again, with the same options as then.',
      }
    : { what: 'kernelspec', health: 'ok', found: `"${spec.name}" in ${spec.folder}` };
}

function kernel(): Finding {
  const needed = [kernelEntry, join(packageFolder, 'dist', 'index.js')].filter((path) => !existsSync(path));
  if (needed.length > 0)
    return {
      what: 'kernel',
      health: 'broken',
      found: `${needed.join(', ')} not there`,
      advice: 'Build it: npm run build. In an installed package: install it again.',
    };
  try {
    createRequire(import.meta.url)('zeromq');
  } catch (error) {
    return {
      what: 'kernel',
      health: 'broken',
      found: `ZeroMQ does not load: ${(error as Error).message.split('\n')[0]}`,
      advice: 'Reinstall it: npm rebuild zeromq',
    };
  }
  return { what: 'kernel', health: 'ok', found: 'built, ZeroMQ loads' };
}

/** Looked for from the working folder, where notebooks find it too. */
function engine(): Finding {
  const require = createRequire(join(process.cwd(), 'notebook.js'));
  const versions = ['tfjs-native', '@tensorflow/tfjs-backend-wasm'].map((name) => {
    try {
      const file = require.resolve(`${name}/package.json`);
      const { version } = JSON.parse(readFileSync(file, 'utf8'));
      return name === 'tfjs-native' && !nativeLoads(require) ? undefined : String(version);
    } catch {
      return undefined;
    }
  });
  const [native, wasm] = versions;
  if (native)
    return { what: 'engine', health: 'ok', found: `native ${native}${wasm ? `, wasm ${wasm}` : ''}` };
  if (wasm)
    return {
      what: 'engine',
      health: 'ok',
      found: `wasm ${wasm}; native does not load here`,
      advice: 'All works without native, more slowly. To try it again: npm rebuild tfjs-native',
    };
  return {
    what: 'engine',
    health: 'missing',
    found: 'no TensorFlow.js below this folder',
    advice: 'Lessons need it: npm install in the project folder. Other notebooks do not.',
  };
}

/** In a process of its own: the engine prints notices and a broken build can end the process. */
function nativeLoads(require: NodeJS.Require): boolean {
  const script = `require(${JSON.stringify(require.resolve('tfjs-native'))})`;
  return spawnSync(process.execPath, ['-e', script], { timeout: 60_000 }).status === 0;
}

function memory(): Finding {
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const found = `${gib(freemem())} free of ${gib(totalmem())}`;
  // A lesson that trains takes about 1 GiB with its compiler.
  return freemem() > 2 ** 30
    ? { what: 'memory', health: 'ok', found }
    : {
        what: 'memory',
        health: 'missing',
        found,
        advice: 'Training may be slow or fail; close other programs.',
      };
}

/** Looks at everything that the kernel and the lessons rest on. */
export function examine(): Finding[] {
  return [node, npm, python, jupyter, kernel, kernelspec, engine, memory].map((look) => look());
}
