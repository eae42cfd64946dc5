import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The version that is compared with; its npm package brings the program for the platform. */
const VERSION = '2.9.6';
const folder = resolve(import.meta.dirname, `../.heed/peers/deno-${VERSION}`);

/**
 * The program of Deno, whose kernel is a peer of ours: installed once from npm into a folder of its own, since the project
 * does not depend on it. Says why and returns undefined where that fails.
 */
export function installDeno(): string | undefined {
  const program = join(folder, 'node_modules/deno', process.platform === 'win32' ? 'deno.exe' : 'deno');
  try {
    if (!existsSync(program)) {
      mkdirSync(folder, { recursive: true });
      const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder];
      // The program is put in place by the package's own install script, which must not be switched off.
      execFileSync('npm', [...args, '--ignore-scripts=false', `deno@${VERSION}`], {
        stdio: 'pipe',
        cwd: folder,
      });
    }
    execFileSync(program, ['--version'], { stdio: 'pipe' });
    return program;
  } catch (error) {
    console.log(`deno is left out: ${(error as Error).message.split('\n')[0]}`);
    return undefined;
  }
}

/** The command line of its kernel. */
export function denoKernel(program: string, connectionFile: string): string[] {
  return [program, 'jupyter', '--kernel', '--conn', connectionFile];
}
