import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Ajv } from 'ajv';
import { NOTEBOOK_SCHEMA } from './schema.js';

export type MimeBundle = Record<string, unknown>;

export type Output =
  | { output_type: 'stream'; name: string; text: string }
  | { output_type: 'display_data'; data: MimeBundle; metadata: Record<string, unknown> }
  | {
      output_type: 'execute_result';
      data: MimeBundle;
      metadata: Record<string, unknown>;
      execution_count: number | null;
    }
  | { output_type: 'error'; ename: string; evalue: string; traceback: string[] };

export interface CellMetadata {
  tags?: string[];
  [key: string]: unknown;
}

export interface CodeCell {
  cell_type: 'code';
  id: string;
  metadata: CellMetadata;
  source: string;
  outputs: Output[];
  execution_count: number | null;
}

export interface TextCell {
  cell_type: 'markdown' | 'raw';
  id: string;
  metadata: CellMetadata;
  source: string;
  attachments?: Record<string, MimeBundle>;
}

export type Cell = CodeCell | TextCell;

export interface Notebook {
  nbformat: 4;
  nbformat_minor: number;
  metadata: Record<string, unknown> & {
    kernelspec?: { name: string; display_name: string; language?: string };
    language_info?: { name: string; [key: string]: unknown };
  };
  cells: Cell[];
}

/** A notebook that cannot be read or written; the message says which file, what was wrong and what to do. */
export class NotebookError extends Error {
  override name = 'NotebookError';
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const joined = (value: unknown): unknown =>
  Array.isArray(value) && value.every((part) => typeof part === 'string') ? value.join('') : value;

const isJsonMime = (mime: string): boolean => /^application\/(.*\+)?json$/.test(mime);

const ajv = new Ajv({ allErrors: false, allowUnionTypes: true });
const validate = ajv.compile(NOTEBOOK_SCHEMA);

/** Says what is wrong with a notebook by the rules of nbformat 4.5, or undefined if nothing is. */
export function notebookFault(notebook: unknown): string | undefined {
  if (validate(notebook)) return undefined;
  const fault = validate.errors?.find((error) => error.keyword !== 'if') ?? validate.errors?.[0];
  if (!fault) return 'unknown fault';
  const allowed = fault.params as { additionalProperty?: string; allowedValues?: unknown[] };
  const more = allowed.additionalProperty
    ? ` (${allowed.additionalProperty})`
    : allowed.allowedValues
      ? ` (${allowed.allowedValues.join(', ')})`
      : '';
  return `${fault.instancePath || 'the file'} ${fault.message}${more}`;
}

/**
 * The notebook in a text: version 4.0 to 4.5, returned as 4.5 with texts joined to single strings.
 * Cells keep their ids; a missing or repeated id is made from the cell's place and source, so that two runs agree.
 *
 * @throws NotebookError naming `name` when the text is no notebook.
 */
export function parseNotebook(source: string, name: string): Notebook {
  let raw: unknown;
  try {
    raw = JSON.parse(source.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new NotebookError(
      `${name} is not a notebook: expected JSON (.ipynb), got ${source.trim() === '' ? 'an empty file' : (error as Error).message}. Save it again from Jupyter or name another file.`,
    );
  }
  if (!isObject(raw) || typeof raw.nbformat !== 'number') {
    throw new NotebookError(
      `${name} is not a notebook: it is JSON, but has no field "nbformat". Name a file that Jupyter saved (.ipynb).`,
    );
  }
  if (raw.nbformat !== 4) {
    throw new NotebookError(
      `${name} is a notebook of format ${raw.nbformat}; expected 4. ${
        raw.nbformat < 4
          ? 'Open it in Jupyter and save it, or run: jupyter nbconvert --to notebook --nbformat 4'
          : 'A newer Heed is needed to read it.'
      }`,
    );
  }
  const notebook: Json = {
    ...raw,
    nbformat_minor: Math.max(5, Number(raw.nbformat_minor ?? 0)),
    cells: Array.isArray(raw.cells) ? withIds(raw.cells) : raw.cells,
  };
  // Old writers kept these at the top; they are not part of the format.
  delete notebook.orig_nbformat;
  const fault = notebookFault(notebook);
  if (fault) {
    throw new NotebookError(
      `${name} is not a valid notebook: ${fault}. Open it in Jupyter and save it again, or mend the file.`,
    );
  }
  return notebook as unknown as Notebook;
}

function withIds(cells: unknown[]): unknown[] {
  const taken = new Set<string>();
  return cells.map((cell, index) => {
    if (!isObject(cell)) return cell;
    const source = joined(cell.source);
    let id = cell.id;
    for (let attempt = 0; typeof id !== 'string' || taken.has(id); attempt++) {
      id = createHash('sha256').update(`${index}\0${attempt}\0${source}`).digest('hex').slice(0, 8);
    }
    taken.add(id);
    const outputs = Array.isArray(cell.outputs) ? { outputs: cell.outputs.map(withJoinedText) } : {};
    return { ...cell, id, source, ...outputs };
  });
}

function withJoinedText(output: unknown): unknown {
  if (!isObject(output)) return output;
  if ('text' in output) return { ...output, text: joined(output.text) };
  if (!isObject(output.data)) return output;
  const data = Object.fromEntries(
    Object.entries(output.data).map(([mime, value]) => [mime, isJsonMime(mime) ? value : joined(value)]),
  );
  return { ...output, data };
}

/**
 * Reads a notebook file.
 *
 * @throws NotebookError when the file is missing, unreadable or no notebook of format 4.
 */
export function readNotebook(path: string): Notebook {
  let source: string;
  try {
    if (statSync(path).isDirectory())
      throw new NotebookError(`${path} is a folder; expected a notebook file (.ipynb).`);
    source = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof NotebookError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new NotebookError(
      missing
        ? `${path}: no such file. Check the path; it is taken from ${process.cwd()}.`
        : `${path} cannot be read: ${(error as Error).message}`,
    );
  }
  return parseNotebook(source, path);
}

const lines = (value: string): string[] => value.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const SPLIT_MIMES = new Set(['application/javascript', 'image/svg+xml']);

function splitOutput(output: Output): Json {
  if (output.output_type === 'stream') return { ...output, text: lines(output.text) };
  if (output.output_type === 'error') return { ...output };
  const data = Object.fromEntries(
    Object.entries(output.data).map(([mime, value]) => [
      mime,
      typeof value === 'string' && (mime.startsWith('text/') || SPLIT_MIMES.has(mime)) ? lines(value) : value,
    ]),
  );
  return { ...output, data };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

/**
 * The text of a notebook as Jupyter itself saves it (texts as arrays of lines, sorted keys, indent 1), so that a run leaves no difference but in the outputs.
 *
 * @throws NotebookError when the notebook breaks the format.
 */
export function serializeNotebook(notebook: Notebook): string {
  const fault = notebookFault(notebook);
  if (fault)
    throw new NotebookError(
      `the notebook would not be valid nbformat 4.5: ${fault}. Nothing was written; this is a fault of the runner.`,
    );
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: lines(cell.source),
    ...(cell.cell_type === 'code' ? { outputs: cell.outputs.map(splitOutput) } : {}),
  }));
  return `${JSON.stringify(sorted({ ...notebook, cells }), null, 1)}\n`;
}

/** Writes a file whole or not at all: to a neighbour first, then renamed over the target. Folders are made. */
export function writeAtomically(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const neighbour = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    writeFileSync(neighbour, content);
    renameSync(neighbour, path);
  } catch (error) {
    rmSync(neighbour, { force: true });
    throw error;
  }
}

/** Tags of a cell; none is an empty list. */
export const tagsOf = (cell: Cell): readonly string[] => cell.metadata.tags ?? [];
