import type { Converter } from './converter.js';
import { noDeclarations } from './state.js';
import type { Diagnostic } from './types.js';

export interface CellDiagnostic extends Diagnostic {
  /** The cell's index in the given list, from 0. */
  readonly cell: number;
}

/**
 * Checks the cells of a notebook in order without running any. A cell with a type error still declares its names, so
 * that one slip is reported once and not in every cell after it.
 */
export function checkNotebook(converter: Converter, cells: readonly string[]): CellDiagnostic[] {
  let declarations = noDeclarations;
  return cells.flatMap((source, cell) => {
    const conversion = converter.convert(source, declarations);
    declarations = conversion.declarations;
    return conversion.diagnostics.map((diagnostic) => ({ cell, ...diagnostic }));
  });
}
