import { basename, dirname, join, resolve } from 'node:path';
import { executeNotebook } from './execute.js';
import { findKernel, type KernelSpec } from './kernelspec.js';
import {
  type Notebook,
  NotebookError,
  readNotebook,
  serializeNotebook,
  writeAtomically,
} from './notebook.js';
import { type Parameters, withParameters } from './parameters.js';
import { machinePathsRemover, mapOutputText } from './paths.js';
import { KernelProcess } from './process.js';
import { type CellResult, EXECUTE_DEFAULTS, passed } from './results.js';

export interface RunOptions {
  /** Name of the kernel; without it this package's own. */
  readonly kernel?: string;
  /** Seconds a cell may take. */
  readonly timeout?: number;
  /** Milliseconds an interrupted cell has to end before its kernel is killed. */
  readonly grace?: number;
  /** Run the cells after one that failed, too; the run fails all the same. */
  readonly keepGoing?: boolean;
  readonly parameters?: Parameters;
  /** Folder for the executed notebook, written whether or not the run passed. */
  readonly output?: string;
  /** Store the executed notebook in place of the given one if the run passed. */
  readonly write?: boolean;
  readonly onCell?: (result: CellResult, total: number) => void;
}

export interface NotebookResult {
  /** As the caller named it. */
  readonly path: string;
  readonly kernel: string;
  readonly passed: boolean;
  /** Why the run as a whole failed, if it was not for a cell. */
  readonly error?: string;
  readonly seconds: number;
  readonly cells: readonly CellResult[];
  /** The executed notebook; absent when nothing ran. */
  readonly notebook?: Notebook;
  /** Files that hold the executed notebook now. */
  readonly written: readonly string[];
}

/**
 * Runs one notebook on a kernel of its own, in the notebook's folder, and stores the result as asked. Bad input and a kernel that does not start are results, too
 * (`error`): several notebooks run to the end whatever happens to one.
 */
export async function runNotebook(path: string, options: RunOptions = {}): Promise<NotebookResult> {
  const started = performance.now();
  const kernelName = options.kernel ?? 'heed';
  const base = { path, kernel: kernelName, cells: [], written: [] };
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const notebook = readNotebook(path);
    const spec = findKernel(options.kernel);
    requireRunnable(notebook, { spec, path, chosen: options.kernel !== undefined });
    const changed = withParameters(notebook, options.parameters ?? {}, {
      language: spec.language || notebook.metadata.language_info?.name || '',
      name: path,
    });
    const cells = await onKernel(changed, { spec, folder: dirname(resolve(path)), options });
    const clean = cells.every((cell) => passed(cell.status));
    const vacuous = clean && !cells.some((cell) => cell.status === 'ok');
    const all = clean && !vacuous;
    return {
      ...base,
      kernel: spec.name,
      cells,
      passed: all,
      seconds: seconds(),
      notebook: changed,
      written: store(changed, { path, passed: all, options }),
      ...(vacuous
        ? { error: `${path}: every code cell is empty or skipped, so the run proves nothing.` }
        : {}),
    };
  } catch (error) {
    return { ...base, passed: false, error: (error as Error).message, seconds: seconds() };
  }
}

async function onKernel(
  notebook: Notebook,
  { spec, folder, options }: { spec: KernelSpec; folder: string; options: RunOptions },
): Promise<CellResult[]> {
  const kernel = await KernelProcess.start(spec, { cwd: folder });
  const hide = machinePathsRemover(folder);
  try {
    const cells = await executeNotebook(notebook, kernel, {
      timeout: options.timeout ?? EXECUTE_DEFAULTS.timeout,
      grace: options.grace ?? EXECUTE_DEFAULTS.grace,
      keepGoing: options.keepGoing ?? EXECUTE_DEFAULTS.keepGoing,
      ...(options.onCell ? { onCell: options.onCell } : {}),
    });
    for (const cell of notebook.cells)
      if (cell.cell_type === 'code') cell.outputs = cell.outputs.map((output) => mapOutputText(output, hide));
    describeKernel(notebook, { spec, info: kernel.info });
    return cells.map((cell) => ({ ...cell, message: hide(cell.message) }));
  } finally {
    await kernel.stop();
  }
}

function requireRunnable(
  notebook: Notebook,
  { spec, path, chosen }: { spec: KernelSpec; path: string; chosen: boolean },
): void {
  const code = notebook.cells.filter((cell) => cell.cell_type === 'code');
  if (!code.some((cell) => cell.source.trim() !== ''))
    throw new NotebookError(
      `${path} has no code cell with anything in it, so running it would prove nothing. Add one, or leave the file out.`,
    );
  const { kernelspec, language_info: info } = notebook.metadata;
  const language = (info?.name ?? kernelspec?.language ?? '').toLowerCase();
  if (!chosen && language && !['typescript', 'javascript', spec.language].includes(language))
    throw new NotebookError(
      `${path} is written in ${language}, the kernel "${spec.name}" runs ${spec.language}. Name its kernel: --kernel ${kernelspec?.name ?? language}`,
    );
}

const INFO_FIELDS = [
  'name',
  'version',
  'mimetype',
  'file_extension',
  'pygments_lexer',
  'codemirror_mode',
  'nbconvert_exporter',
];

/** Notes the kernel in the notebook as a front end does, so that it opens with the same one. */
function describeKernel(
  notebook: Notebook,
  { spec, info }: { spec: KernelSpec; info: Record<string, unknown> },
): void {
  notebook.metadata.kernelspec ??= {
    name: spec.name,
    display_name: spec.displayName,
    language: spec.language,
  };
  const language = info.language_info as Record<string, unknown> | undefined;
  if (typeof language?.name !== 'string' || notebook.metadata.kernelspec.name !== spec.name) return;
  const known = INFO_FIELDS.filter((field) => language[field] !== undefined);
  notebook.metadata.language_info = Object.fromEntries(
    known.map((field) => [field, language[field]]),
  ) as Notebook['metadata']['language_info'] & object;
}

function store(
  notebook: Notebook,
  { path, passed: all, options }: { path: string; passed: boolean; options: RunOptions },
): string[] {
  const targets = [
    ...(options.output ? [join(options.output, basename(path))] : []),
    ...(options.write && all ? [path] : []),
  ];
  if (targets.length === 0) return [];
  const text = serializeNotebook(notebook);
  for (const target of targets) writeAtomically(target, text);
  return targets;
}

/** Runs several notebooks, at most `jobs` at a time; the results come in the order of the notebooks. */
export async function runNotebooks(
  paths: readonly string[],
  optionsFor: (path: string) => RunOptions,
  { jobs, onDone }: { jobs: number; onDone?: (result: NotebookResult) => void },
): Promise<NotebookResult[]> {
  if (paths.length === 0)
    throw new NotebookError(
      'no notebook was named, so there is nothing to run. Give at least one .ipynb file.',
    );
  const results: NotebookResult[] = [];
  const queue = [...paths.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, path] = next;
      const result = await runNotebook(path, optionsFor(path));
      results[index] = result;
      onDone?.(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, paths.length) }, worker));
  return results;
}
