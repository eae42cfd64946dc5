import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How to start a kernel: the fields of Jupyter's kernel.json that matter to a client. */
export interface KernelSpec {
  readonly name: string;
  readonly displayName: string;
  readonly language: string;
  /** Command line; `{connection_file}` and `{resource_dir}` are filled in at the start. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly interruptMode: 'message' | 'signal';
  /** The folder of kernel.json, if it came from one. */
  readonly folder?: string;
}

/** Name under which the kernel of this package is installed when nothing else is asked for. */
export const OWN_KERNEL = 'heed';

/** The folder of this package: both `src/run` and `dist/run` lie two below it. */
export const packageFolder = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The program that a kernelspec starts. */
export const kernelEntry = join(packageFolder, 'bin', 'heed-kernel.js');

/** The kernel of this package, installed or not. */
export function ownKernel(): KernelSpec {
  return {
    name: OWN_KERNEL,
    displayName: 'TypeScript (Heed)',
    language: 'typescript',
    argv: [process.execPath, kernelEntry, '{connection_file}'],
    // By itself glibc keeps a pool of freed memory for each of many threads, and what lies there is lost to the others.
    env: { MALLOC_ARENA_MAX: '2' },
    interruptMode: 'message',
  };
}

/** The tslab that this package depends on: usable as a peer without being registered in Jupyter. */
function bundledTslab(): KernelSpec {
  const require = createRequire(import.meta.url);
  const entry = join(dirname(require.resolve('tslab/package.json')), 'bin', 'tslab');
  return {
    name: 'tslab',
    displayName: 'TypeScript (tslab)',
    language: 'typescript',
    argv: [process.execPath, entry, 'kernel', '--config-path={connection_file}'],
    env: {},
    interruptMode: 'signal',
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The data folder of the present user, as Jupyter chooses it. */
export function userDataFolder(env: Environment = process.env): string {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  const home = env.HOME ?? homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Jupyter');
  if (process.platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'jupyter');
  return join(env.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'jupyter');
}

/**
 * Folders in which Jupyter looks for kernels, the first found wins: `JUPYTER_PATH`, the user's folder, the environment (an active one, a `.venv`
 * at or above the working folder, the one that holds the `jupyter` on the path), the system's.
 */
export function jupyterDataFolders(env: Environment = process.env, cwd = process.cwd()): string[] {
  const prefixes: string[] = [];
  for (const prefix of [env.VIRTUAL_ENV, env.CONDA_PREFIX]) if (prefix) prefixes.push(prefix);
  for (let at = cwd; ; at = dirname(at)) {
    if (existsSync(join(at, '.venv'))) prefixes.push(join(at, '.venv'));
    if (dirname(at) === at) break;
  }
  for (const folder of (env.PATH ?? '').split(delimiter))
    if (folder && (existsSync(join(folder, 'jupyter')) || existsSync(join(folder, 'jupyter.exe'))))
      prefixes.push(dirname(folder));
  const system =
    process.platform === 'win32'
      ? [join(env.PROGRAMDATA ?? 'C:\\ProgramData', 'jupyter')]
      : ['/usr/local/share/jupyter', '/usr/share/jupyter'];
  const all = [
    ...(env.JUPYTER_PATH ?? '').split(delimiter).filter(Boolean),
    userDataFolder(env),
    ...prefixes.map((prefix) => join(prefix, 'share', 'jupyter')),
    ...system,
  ];
  return [...new Set(all)];
}

/** Every kernel registered in the given data folders, by name. */
export function installedKernels(folders = jupyterDataFolders()): Map<string, KernelSpec> {
  const found = new Map<string, KernelSpec>();
  for (const folder of folders.map((path) => join(path, 'kernels'))) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      const spec = readSpec(name.toLowerCase(), join(folder, name));
      if (spec && !found.has(spec.name)) found.set(spec.name, spec);
    }
  }
  return found;
}

function readSpec(name: string, folder: string): KernelSpec | undefined {
  try {
    const raw = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8'));
    if (!Array.isArray(raw.argv) || raw.argv.length === 0) return undefined;
    return {
      name,
      folder,
      displayName: String(raw.display_name ?? name),
      language: String(raw.language ?? '').toLowerCase(),
      argv: ownPython(raw.argv.map(String), folder),
      env: raw.env ?? {},
      interruptMode: raw.interrupt_mode === 'message' ? 'message' : 'signal',
    };
  } catch {
    // A damaged neighbour must not hide the kernels that are whole.
    return undefined;
  }
}

/** A kernelspec of a Python environment says only `python`, meaning the environment that it lies in. */
function ownPython([program, ...args]: string[], folder: string): string[] {
  const prefix = resolve(folder, '..', '..', '..', '..');
  const python = process.platform === 'win32' ? join(prefix, 'python.exe') : join(prefix, 'bin', 'python');
  return /^python[\d.]*$/.test(program!) && existsSync(python) ? [python, ...args] : [program!, ...args];
}

/**
 * The kernel to start: without a name that of this package; `tslab` also where it is not registered.
 *
 * @throws Error that lists the known kernels and the searched folders.
 */
export function findKernel(name?: string, folders = jupyterDataFolders()): KernelSpec {
  if (name === undefined || name === OWN_KERNEL) return ownKernel();
  const installed = installedKernels(folders);
  const spec = installed.get(name.toLowerCase());
  if (spec) return spec;
  if (name === 'tslab') return bundledTslab();
  const known = [...new Set([OWN_KERNEL, 'tslab', ...installed.keys()])].join(', ');
  throw new Error(
    `no kernel is called "${name}". Known: ${known}. Searched: ${folders.join(', ')}. Install that kernel, or name a known one with --kernel.`,
  );
}
