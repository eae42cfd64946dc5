import ts from 'typescript';
import type { CellSpan } from './diagnostics.js';
import { readableTypes } from './hub.js';
import type { CellService } from './service.js';
import type { Completeness, Completion, Inspection } from './types.js';

/** Completions at a position of the cell that the service has open. */
export function completeAt(service: CellService, cell: CellSpan, position: number): Completion {
  const at = cell.start + position;
  const info = service.language.getCompletionsAtPosition(cell.file, at, {
    includeCompletionsWithInsertText: false,
    includeCompletionsForModuleExports: false,
  });
  const typed = /[\p{ID_Continue}$\u200c\u200d]*$/u.exec(cell.source.slice(0, position))![0];
  // An import path is replaced from its last slash on, and may hold characters that no identifier has.
  const span =
    info?.optionalReplacementSpan ?? info?.entries.find((entry) => entry.replacementSpan)?.replacementSpan;
  const start = span === undefined ? position - typed.length : Math.min(span.start - cell.start, position);
  const prefix = cell.source.slice(start, position).toLowerCase();
  const candidates = (info?.entries ?? [])
    .filter(
      ({ name, kind }) => kind !== ts.ScriptElementKind.warning && name.toLowerCase().startsWith(prefix),
    )
    .filter(({ name }) => !name.startsWith('__heed_'))
    .sort((a, b) => compare(a.sortText, b.sortText) || compare(a.name, b.name))
    .map(({ name, kind }) => ({ text: name, kind: kind as string }));
  return { start, end: position, candidates };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The signature and documentation of what stands at a position, or of the call around it. */
export function inspectAt(service: CellService, cell: CellSpan, position: number): Inspection | undefined {
  const at = cell.start + position;
  const { language } = service;
  const info =
    language.getQuickInfoAtPosition(cell.file, at) ??
    (position > 0 ? language.getQuickInfoAtPosition(cell.file, at - 1) : undefined);
  if (info !== undefined) {
    return {
      start: info.textSpan.start - cell.start,
      length: info.textSpan.length,
      signature: plain(info.displayParts),
      documentation: documentation(info.documentation, info.tags),
    };
  }
  const help = language.getSignatureHelpItems(cell.file, at, undefined);
  const item = help?.items[help.selectedItemIndex];
  if (help === undefined || item === undefined) return undefined;
  const parameters = item.parameters
    .map((parameter) => plain(parameter.displayParts))
    .join(plain(item.separatorDisplayParts));
  return {
    start: help.applicableSpan.start - cell.start,
    length: help.applicableSpan.length,
    signature: plain(item.prefixDisplayParts) + parameters + plain(item.suffixDisplayParts),
    documentation: documentation(item.documentation, item.tags),
  };
}

const plain = (parts: readonly ts.SymbolDisplayPart[] | undefined): string =>
  readableTypes(ts.displayPartsToString([...(parts ?? [])]));

function documentation(
  parts: readonly ts.SymbolDisplayPart[] | undefined,
  tags: readonly ts.JSDocTagInfo[] | undefined,
): string {
  const lines = (tags ?? []).map(({ name, text }) => `@${name} ${plain(text)}`.trimEnd());
  return [plain(parts), lines.join('\n')].filter((part) => part !== '').join('\n\n');
}

const unterminatedString = 1002;
const unterminatedTemplate = 1160;
const unterminatedComment = 1010;
const indentUnit = 2;

/** Whether a cell is a whole, the beginning of one, or wrong as it stands. */
export function isComplete(source: string): Completeness {
  // As a module, so that `await (x)` is an await.
  const prefix = 'export {};';
  const { diagnostics = [] } = ts.transpileModule(prefix + source, {
    fileName: 'cell.ts',
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  });
  const [first] = [...diagnostics].sort((a, b) => (a.start ?? 0) - (b.start ?? 0));
  if (first === undefined) return { status: 'complete' };
  const end = prefix.length + source.trimEnd().length;
  const atEnd = (first.start ?? 0) >= end && first.code !== unterminatedString;
  return atEnd || first.code === unterminatedTemplate || first.code === unterminatedComment
    ? { status: 'incomplete', indent: ' '.repeat(indentAfter(source)) }
    : { status: 'invalid' };
}

/** Indentation of a line that follows, from the brackets that the last line leaves open. */
function indentAfter(source: string): number {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, source);
  const opening = new Set([
    ts.SyntaxKind.OpenBraceToken,
    ts.SyntaxKind.OpenParenToken,
    ts.SyntaxKind.OpenBracketToken,
  ]);
  const closing = new Set([
    ts.SyntaxKind.CloseBraceToken,
    ts.SyntaxKind.CloseParenToken,
    ts.SyntaxKind.CloseBracketToken,
  ]);
  const lines: number[] = [];
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    const line = source.slice(0, scanner.getTokenStart()).split('\n').length;
    if (opening.has(token)) lines.push(line);
    else if (closing.has(token)) lines.pop();
  }
  // Brackets opened on one line indent once.
  return new Set(lines).size * indentUnit;
}
