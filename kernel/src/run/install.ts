import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OWN_KERNEL, ownKernel, packageFolder, userDataFolder } from './kernelspec.js';
import { writeAtomically } from './notebook.js';

/** Where a kernelspec goes: the user's folder, the Python environment that is first on the path, or a given prefix. */
export type InstallTarget = 'user' | 'sys-prefix' | { readonly prefix: string };

export interface InstallOptions {
  readonly target: InstallTarget;
  readonly name?: string;
  readonly displayName?: string;
}

/** Marks a kernelspec as written by us, so that uninstall never removes another's. */
const MARK = 'heed';
const ICONS = ['logo-svg.svg', 'logo-32x32.png', 'logo-64x64.png'];

function specFolder({ target, name = OWN_KERNEL }: InstallOptions): string {
  if (!/^[a-z0-9._-]+$/i.test(name))
    throw new Error(`"${name}" cannot be a kernel's name: use letters, digits, dots, hyphens, underscores.`);
  const data =
    target === 'user'
      ? userDataFolder()
      : join(target === 'sys-prefix' ? pythonPrefix() : resolve(target.prefix), 'share', 'jupyter');
  return join(data, 'kernels', name.toLowerCase());
}

function pythonPrefix(): string {
  if (process.env.VIRTUAL_ENV) return process.env.VIRTUAL_ENV;
  for (const python of ['python3', 'python']) {
    const { status, stdout } = spawnSync(python, ['-c', 'import sys; print(sys.prefix)'], {
      encoding: 'utf8',
    });
    if (status === 0 && stdout.trim()) return stdout.trim();
  }
  throw new Error(
    'no Python was found on the path, so its prefix is unknown. Use --user, or name a folder with --prefix DIR.',
  );
}

const isOurs = (folder: string): boolean => {
  try {
    return MARK in (JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8')).metadata ?? {});
  } catch {
    return false;
  }
};

/**
 * Registers the kernel of this package in Jupyter; an older registration of ours is replaced.
 *
 * @returns the folder that was written.
 * @throws Error when a kernel of another kind has that name, or the folder cannot be written.
 */
export function installKernel(options: InstallOptions): string {
  const folder = specFolder(options);
  if (existsSync(folder) && !isOurs(folder))
    throw new Error(
      `${folder} holds another kernel. Choose another name with --name, or remove it: jupyter kernelspec remove ${options.name ?? OWN_KERNEL}`,
    );
  const { argv, displayName, language, env, interruptMode } = ownKernel();
  const spec = {
    argv,
    display_name: options.displayName ?? displayName,
    language,
    env,
    interrupt_mode: interruptMode,
    metadata: { [MARK]: {} },
  };
  try {
    mkdirSync(folder, { recursive: true });
    for (const icon of ICONS.filter((name) => existsSync(join(packageFolder, 'kernelspec', name))))
      copyFileSync(join(packageFolder, 'kernelspec', icon), join(folder, icon));
    // Last, so that a half-made folder is never taken for a kernel.
    writeAtomically(join(folder, 'kernel.json'), `${JSON.stringify(spec, null, 2)}\n`);
  } catch (error) {
    throw new Error(
      `${folder} cannot be written: ${(error as Error).message}. Choose another place: --user, --sys-prefix or --prefix DIR.`,
    );
  }
  return folder;
}

/**
 * Removes what `installKernel` wrote, and nothing else.
 *
 * @returns the folder that was removed.
 * @throws Error when there is none of ours.
 */
export function uninstallKernel(options: InstallOptions): string {
  const folder = specFolder(options);
  if (!existsSync(folder))
    throw new Error(
      `nothing is installed in ${folder}. Give the same --user, --prefix and --name as at the install.`,
    );
  if (!isOurs(folder))
    throw new Error(`${folder} holds a kernel that heed did not install; it was left alone.`);
  rmSync(folder, { recursive: true });
  return folder;
}
