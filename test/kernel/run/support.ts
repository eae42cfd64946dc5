import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { kernelEntry, packageFolder } from '../../../kernel/src/run/kernelspec.js';
import type { Cell, CodeCell, Notebook } from '../../../kernel/src/run/notebook.js';

export const projectFolder = resolve(import.meta.dirname, '../../..');

/** A folder of its own, removed at the end of the test; the name holds a space, since paths do. */
export function temporaryFolder(t: { after(work: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'heed test '));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const code = (source: string, tags: string[] = []): CodeCell => ({
  cell_type: 'code',
  id: '',
  metadata: tags.length > 0 ? { tags } : {},
  source,
  outputs: [],
  execution_count: null,
});

/** A cell for the scripted kernel. */
export const script = (steps: unknown[][], tags: string[] = []): Cell => code(JSON.stringify(steps), tags);

export function notebookOf(cells: readonly Cell[]): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map((cell, index) => ({ ...cell, id: cell.id || `cell-${index + 1}` })),
  };
}

export function writeNotebook(folder: string, cells: readonly Cell[], name = 'lesson.ipynb'): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(notebookOf(cells)));
  return path;
}

/** Registers the scripted kernel below a folder, to be found by Jupyter's own rules. */
export function installScriptedKernel(folder: string, env: Record<string, string> = {}): void {
  const target = join(folder, 'kernels', 'scripted');
  mkdirSync(target, { recursive: true });
  const argv = [process.execPath, join(import.meta.dirname, 'scripted-kernel.mjs')];
  writeFileSync(
    join(target, 'kernel.json'),
    JSON.stringify({
      argv: [...argv, '{connection_file}'],
      display_name: 'Scripted',
      language: 'typescript',
      interrupt_mode: 'message',
      env,
    }),
  );
  process.env.JUPYTER_PATH = folder;
}

/** The kernel to test with: our own where it is built, else tslab, with the reason. */
export function realKernel(): { name: string; reason?: string } {
  if (existsSync(kernelEntry) && existsSync(join(packageFolder, 'dist', 'server.js')))
    return { name: 'heed' };
  return { name: 'tslab', reason: `on tslab: ${kernelEntry} is not built yet` };
}
