import { relative } from 'node:path';
import type { Completeness, Completion, Conversion, Converter, Diagnostic, Inspection } from './converter.js';
import { composeInlineMaps } from './source-map.js';
import { type Any, loadTslab, type TslabInner, type TslabResult } from './tslab-module.js';

/** tslab's converter behind our interface. It resolves modules from the present working directory. */
export class TslabConverter implements Converter {
  readonly #tslab = loadTslab();
  #converter = this.#create();

  get typescriptVersion(): string {
    return this.#tslab.ts.version;
  }

  convert(previousDeclarations: string, source: string): Conversion {
    const { earlier } = this.#tslab;
    earlier.clear();
    for (const { names } of this.#statements(previousDeclarations))
      for (const name of names) earlier.add(name);
    const result = this.#guard(() => this.#converter.convert(previousDeclarations, source));
    const diagnostics = result.diagnostics.map(toDiagnostic);
    const sideOutputs = (result.sideOutputs ?? []).map(({ path, data }) => ({
      path,
      ...composeInlineMaps(data, { skippedLines: 0 }),
    }));
    // The converter puts one line before the source of a cell.
    const { code, sourceMap } = composeInlineMaps(result.output ?? '', { skippedLines: 1 });
    const { output, names } = withoutPrologue(code, result.lastExpressionVar);
    return {
      diagnostics,
      output,
      ...(sourceMap === undefined ? {} : { sourceMap }),
      declarations: result.declOutput ?? '',
      names,
      ...(result.lastExpressionVar === undefined ? {} : { lastExpressionVariable: result.lastExpressionVar }),
      hasTopLevelAwait: (result.hasToplevelAwait ?? false) || this.#awaits(output),
      sideOutputs,
    };
  }

  withoutNames(previous: string, next: string, lost: readonly string[]): string {
    const names = new Set(lost);
    const isLost = (statement: { readonly names: readonly string[] }) =>
      statement.names.some((name) => names.has(name));
    const kept = this.#statements(next).filter((statement) => !isLost(statement));
    const restored = this.#statements(previous).filter(isLost);
    return [...kept, ...restored].map(({ text }) => `${text}\n`).join('');
  }

  complete(previousDeclarations: string, source: string, position: number): Completion {
    const { start, end, candidates } = this.#guard(() =>
      this.#converter.complete(previousDeclarations, source, position),
    );
    return { start, end, candidates };
  }

  inspect(previousDeclarations: string, source: string, position: number): Inspection | undefined {
    const info = this.#guard(() => this.#converter.inspect(previousDeclarations, source, position));
    return info ? { text: this.#tslab.printQuickInfo(info) } : undefined;
  }

  isComplete(source: string): Completeness {
    const { ts } = this.#tslab;
    const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
    const errors: { start: number; code: number }[] = file.parseDiagnostics ?? [];
    if (errors.length === 0) return { status: 'complete' };
    // Only what is missing at the very end can still come.
    const end = source.trimEnd().length;
    const open = errors.every(({ start, code }) => start >= end || code === UNTERMINATED_TEMPLATE);
    if (!open) return { status: 'invalid' };
    const { indent } = this.#tslab.isCompleteCode(source);
    return { status: 'incomplete', indent: indent ?? '' };
  }

  close(): void {
    this.#converter.close();
  }

  /** The statements of a declaration file with the names that each declares; a list of variables counts one by one. */
  #statements(text: string): { readonly text: string; readonly names: readonly string[] }[] {
    const { ts } = this.#tslab;
    const file = ts.createSourceFile('names.d.ts', text, ts.ScriptTarget.Latest, true);
    return file.statements.flatMap((statement: Any) => {
      if (!ts.isVariableStatement(statement)) {
        return [{ text: statement.getFullText(file), names: declaredNames(ts, statement) }];
      }
      const keyword = statement.declarationList.flags & ts.NodeFlags.Const ? 'const' : 'let';
      return statement.declarationList.declarations.map((declaration: Any) => ({
        text: `declare ${keyword} ${declaration.getText(file)};`,
        names: [declaration.name.getText(file)],
      }));
    });
  }

  #create(): TslabInner {
    return this.#tslab.createConverter({ isJS: false, isBrowser: false });
  }

  /** A converter in which TypeScript has thrown refuses all further work; a new one does not. */
  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      try {
        this.#converter.close();
      } catch {
        // It is given up in any case.
      }
      this.#converter = this.#create();
      throw error;
    }
  }

  /** Top-level `await (...)` and `for await` are not told by the converter. */
  #awaits(output: string): boolean {
    if (!output.includes('await')) return false;
    const { ts } = this.#tslab;
    const file = ts.createSourceFile(
      'cell.mjs',
      `export {};${output}`,
      ts.ScriptTarget.Latest,
      false,
      ts.ScriptKind.JS,
    );
    const visit = (node: Any): boolean => {
      if (ts.isFunctionLike(node) || ts.isPropertyDeclaration(node)) return false;
      if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return true;
      return ts.forEachChild(node, visit) ?? false;
    };
    return visit(file);
  }
}

const UNTERMINATED_TEMPLATE = 1160;

function toDiagnostic(diagnostic: TslabResult['diagnostics'][number]): Diagnostic {
  const { start, end, messageText, code, fileName } = diagnostic;
  return {
    line: start.line + 1,
    character: start.character + 1,
    length: end.offset - start.offset,
    code,
    message: messageText,
    ...(fileName === undefined ? {} : { file: relative('.', fileName) }),
  };
}

/**
 * TypeScript writes `exports.b = exports.a = void 0;` first. Without it a name keeps the value of an earlier cell
 * until it is assigned; the line stays, empty, for the sake of the source map.
 */
function withoutPrologue(code: string, last: string | undefined): { output: string; names: string[] } {
  const names = new Set<string>();
  const output = code.replace(/^(?:exports\.[\w$\u0080-\uffff]+ = )+void 0;$/gmu, (line) => {
    for (const [, name] of line.matchAll(/exports\.([^ ]+)/g)) if (name !== last) names.add(name!);
    return '';
  });
  for (const [, name] of output.matchAll(/^exports\.([\w$\u0080-\uffff]+) = \1;$/gmu)) names.add(name!);
  return { output, names: [...names] };
}

function declaredNames(ts: Any, statement: Any): string[] {
  if (!ts.isImportDeclaration(statement)) return statement.name ? [statement.name.text] : [];
  const clause = statement.importClause;
  const bindings = clause?.namedBindings;
  const elements: Any[] =
    bindings && ts.isNamedImports(bindings) ? bindings.elements : bindings ? [bindings] : [];
  return [clause?.name, ...elements.map((element) => element.name)].filter(Boolean).map((name) => name.text);
}
