import ts from 'typescript';
import { readableTypes } from './hub.js';
import type { Category, Diagnostic } from './types.js';

/** Where the cell stands in the text that was compiled. */
export interface CellSpan {
  readonly file: string;
  readonly start: number;
  readonly source: string;
}

const assignmentToImport = 2632;
const assignmentToConstant = 2588;
const untypedModule = 7016;

/** Offsets to lines and characters, both from 1. */
export function lineAndCharacter(source: string, offset: number): { line: number; character: number } {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, character: offset - lineStart + 1 };
}

function message(diagnostic: ts.Diagnostic): { code: number; text: string; category: Category } {
  const text = readableTypes(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
  // To the reader, a name of an earlier cell is what its declaration said; that it is imported is our affair.
  if (diagnostic.code === assignmentToImport)
    return { code: assignmentToConstant, text: text.replace('an import', 'a constant'), category: 'error' };
  // A package without types works; in a notebook that is a remark.
  if (diagnostic.code === untypedModule) return { code: untypedModule, text, category: 'warning' };
  const category = diagnostic.category === ts.DiagnosticCategory.Error ? 'error' : 'warning';
  return { code: diagnostic.code, text, category };
}

/** TypeScript's diagnostics at the places where the author sees them. */
export function toDiagnostics(
  diagnostics: readonly ts.Diagnostic[],
  cell: CellSpan,
  directory: string,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const diagnostic of diagnostics) {
    if (diagnostic.file === undefined || diagnostic.start === undefined) continue;
    const { code, text, category } = message(diagnostic);
    let source = diagnostic.file.text;
    let start = diagnostic.start;
    let length = diagnostic.length ?? 0;
    let file: string | undefined;
    if (diagnostic.file.fileName === cell.file) {
      source = cell.source;
      start -= cell.start;
      if (start < 0) continue;
      // What is missing at the end of the cell is reported in what we put after it.
      const end = source.trimEnd().length;
      if (start > end) [start, length] = [end, 0];
      length = Math.min(length, source.length - start);
    } else {
      file = relative(directory, diagnostic.file.fileName);
    }
    const place = lineAndCharacter(source, start);
    const key = `${file} ${place.line}:${place.character} ${code} ${text}`;
    if (seen.has(key)) continue;
    seen.add(key);
    found.push({ ...place, length, code, message: text, category, ...(file === undefined ? {} : { file }) });
  }
  return found;
}

/** `to` as seen from the folder `from`, both absolute with `/`. */
export function relative(from: string, to: string): string {
  const base = from.split('/');
  const target = to.split('/');
  let same = 0;
  while (same < base.length && same < target.length && base[same] === target[same]) same += 1;
  return [...base.slice(same).map(() => '..'), ...target.slice(same)].join('/');
}
