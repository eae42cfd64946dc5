import { dirname, resolve } from 'node:path';
import {
  type Converter,
  createConverter,
  createNodeHost,
  type Diagnostic,
  noDeclarations,
} from '../convert/index.js';
import { GLOBAL_DECLARATIONS } from '../host.js';
import { type Notebook, NotebookError, readNotebook, tagsOf } from './notebook.js';

/** What is needed of a converter to check types. */
export type TypeChecker = Pick<Converter, 'convert' | 'close'>;

/** A type or syntax error in a notebook. */
export interface CellFault extends Diagnostic {
  readonly notebook: string;
  /** Counted over the code cells, from 1. */
  readonly cell: number;
  readonly id: string;
}

/**
 * The type errors of a notebook's code cells, each cell seeing the declarations of those before it. Nothing is run.
 * Cells tagged `raises-exception` or `skip-execution` may hold errors on purpose and are left out of the result.
 */
export function checkCells(notebook: Notebook, checker: TypeChecker, name: string): CellFault[] {
  const faults: CellFault[] = [];
  let declarations = noDeclarations;
  const cells = notebook.cells.filter((cell) => cell.cell_type === 'code');
  for (const [index, cell] of cells.entries()) {
    if (cell.source.trim() === '' || tagsOf(cell).includes('skip-execution')) continue;
    const { diagnostics, declarations: next } = checker.convert(cell.source, declarations);
    // A cell with a type error still declares its names, so that one slip is not reported in every cell after it.
    declarations = next;
    if (tagsOf(cell).includes('raises-exception')) continue;
    for (const fault of diagnostics.filter(({ category }) => category === 'error'))
      faults.push({ notebook: name, cell: index + 1, id: cell.id, ...fault });
  }
  return faults;
}

/** A fault as one line: `notebook.ipynb cell 4:2:7 error TS2322 message`; the cell's number, line and column count from 1. */
export function describeFault({ notebook, cell, file, line, character, code, message }: CellFault): string {
  const place = file ? `cell ${cell} ${file}:${line}:${character}` : `cell ${cell}:${line}:${character}`;
  return `${notebook} ${place} error TS${code} ${message}`;
}

/**
 * Checks notebooks; those of one folder share one compiler, since local imports are looked for from there.
 *
 * @throws NotebookError when one cannot be read or has no code cell.
 */
export function checkNotebooks(
  paths: readonly string[],
  createChecker: (folder: string) => TypeChecker = (folder) =>
    createConverter(createNodeHost(folder), { globals: GLOBAL_DECLARATIONS }),
): CellFault[] {
  const folders = new Map<string, { path: string; notebook: Notebook }[]>();
  for (const path of paths) {
    const notebook = readNotebook(path);
    if (!notebook.cells.some((cell) => cell.cell_type === 'code' && cell.source.trim() !== ''))
      throw new NotebookError(`${path} has no code cell with anything in it, so there is nothing to check.`);
    const folder = dirname(resolve(path));
    folders.set(folder, [...(folders.get(folder) ?? []), { path, notebook }]);
  }
  return [...folders].flatMap(([folder, entries]) => {
    const checker = createChecker(folder);
    try {
      return entries.flatMap(({ path, notebook }) => checkCells(notebook, checker, path));
    } finally {
      checker.close();
    }
  });
}
