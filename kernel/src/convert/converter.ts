import ts from 'typescript';
import { entries, nestedVariables } from './declared.js';
import { toDiagnostics } from './diagnostics.js';
import { cellTransformers, isWithinSpan } from './emit.js';
import { throughHub } from './hub.js';
import { completeAt, inspectAt, isComplete } from './language.js';
import { type Layout, layOut } from './layout.js';
import { shiftMap } from './map.js';
import { SideModules } from './modules.js';
import { hasTopLevelAwait, topLevelNames } from './names.js';
import { CellService } from './service.js';
import { extend, withoutNames } from './state.js';
import type {
  Completeness,
  Completion,
  Conversion,
  ConverterHost,
  ConverterOptions,
  Declarations,
  Diagnostic,
  Inspection,
} from './types.js';

/** TypeScript cells to JavaScript. It remembers files, never cells: what is known of those is handed in. */
export interface Converter {
  readonly typescriptVersion: string;
  convert(source: string, declarations: Declarations): Conversion;
  /** `position` counts UTF-16 units. */
  complete(source: string, position: number, declarations: Declarations): Completion;
  inspect(source: string, position: number, declarations: Declarations): Inspection | undefined;
  isComplete(source: string): Completeness;
  /** Declarations after a cell that stopped before it assigned `lost`. */
  withoutNames(previous: Declarations, next: Declarations, lost: Iterable<string>): Declarations;
  close(): void;
}

/** A converter for notebooks of one folder. */
export function createConverter(host: ConverterHost, options: ConverterOptions = {}): Converter {
  let service: CellService | undefined;
  const sideModules = new SideModules();

  const current = (): CellService => {
    if (service !== undefined && !service.current) discard();
    service ??= new CellService(host, options);
    return service;
  };
  const discard = (): void => {
    const old = service;
    service = undefined;
    old?.dispose();
  };
  /** The compiler may throw and then be in any state, so a new one tries once more; the next call finds it sound either way. */
  const guarded = <T>(work: (service: CellService) => T, failed: (error: unknown) => T): T => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return work(current());
      } catch (error) {
        discard();
        if (attempt === 1) return failed(error);
      }
    }
  };

  return {
    typescriptVersion: ts.version,
    convert: (source, declarations) =>
      guarded(
        (running) => convertCell(running, sideModules, host, source, declarations),
        (error) => failure(error, declarations),
      ),
    complete: (source, position, declarations) =>
      guarded(
        (running) => {
          const { text, cell } = layOut(running.cellFile, source, declarations, { everyName: true });
          running.open(text, declarations);
          return completeAt(running, cell, position);
        },
        () => ({ start: position, end: position, candidates: [] }),
      ),
    inspect: (source, position, declarations) =>
      guarded(
        (running) => {
          const { text, cell } = layOut(running.cellFile, source, declarations, { everyName: false });
          running.open(text, declarations);
          return inspectAt(running, cell, position);
        },
        () => undefined,
      ),
    isComplete,
    withoutNames,
    close: discard,
  };
}

const missingModule = 2307;
const untypedModule = 7016;

function convertCell(
  service: CellService,
  sideModules: SideModules,
  host: ConverterHost,
  source: string,
  declarations: Declarations,
): Conversion {
  const layout = layOut(service.cellFile, source, declarations, { everyName: false });
  const { text, cell } = layout;
  service.open(text, declarations);
  let { program } = service;
  let file = program.getSourceFile(cell.file)!;
  const syntax = toDiagnostics(program.getSyntacticDiagnostics(file), cell, host.directory);
  if (syntax.length > 0) return rejected(syntax, declarations);

  const isMissing = ({ code }: ts.Diagnostic): boolean => code === missingModule || code === untypedModule;
  const stale = service.resolution.takeStale();
  if (stale && program.getSemanticDiagnostics(file).some(isMissing)) {
    service.refresh();
    program = service.program;
    file = program.getSourceFile(cell.file)!;
  }
  const checker = program.getTypeChecker();
  const names = topLevelNames(file.statements);
  const span = { start: cell.start, end: cell.start + source.length };
  let prefix = '$$';
  while ([...layout.identifiers].some((name) => name.startsWith(prefix))) prefix += '$';
  const { transformers, cell: emitted } = cellTransformers({ checker, names, span, prefix });
  const found = [...program.getSemanticDiagnostics(file)];
  const output = service.emit(transformers);
  const { imports, modules } = sideModules.collect(service, emitted.imports);
  for (const { path } of modules) {
    const module = program.getSourceFile(path)!;
    found.push(...program.getSyntacticDiagnostics(module), ...program.getSemanticDiagnostics(module));
  }
  const ownNames = names.filter(({ node }) => isWithinSpan(node, span.start, span.end));
  const declared = throughHub(output.declarations + nestedVariables(ownNames, checker));
  const diagnostics = toDiagnostics(found, cell, host.directory);

  const isAsync = file.statements.some((statement) => hasTopLevelAwait(statement));
  const result = emitted.resultExpression;
  return {
    ok: diagnostics.every(({ category }) => category !== 'error'),
    diagnostics,
    code: wrap(output.code, { prefix, boxes: emitted.boxes, isAsync, free: layout }),
    map: shiftMap(output.map, { generated: 1, source: 1, name: 'cell.ts', content: source }),
    declarations: extend(
      declarations,
      declared,
      entries(ownNames, layout, checker),
      /^\s*declare (global|module ['"])/m.test(declared),
    ),
    names: [...new Set(ownNames.filter(({ erased }) => !erased).map(({ name }) => name))].filter((name) =>
      emitted.boxes.has(name),
    ),
    hasTopLevelAwait: isAsync,
    ...(result === undefined
      ? {}
      : {
          resultExpression: {
            start: result.getStart(file) - cell.start,
            length: result.getEnd() - result.getStart(file),
            type: checker.typeToString(checker.getTypeAtLocation(result)),
          },
        }),
    imports,
    sideModules: modules,
  };
}

/** What Node gives to a CommonJS module; a cell may use it unless it declares the name itself. */
const moduleNames = ['require', 'module', 'exports', '__filename', '__dirname'];

function wrap(
  code: string,
  {
    prefix,
    boxes,
    isAsync,
    free,
  }: { prefix: string; boxes: ReadonlySet<string>; isAsync: boolean; free: Layout },
): string {
  const provided = moduleNames.filter(
    (name) => free.identifiers.has(name) && !boxes.has(name) && !free.declared.has(name),
  );
  const declared = [
    ...[...boxes].map((name) => `${prefix}${name} = ${prefix}.box(${JSON.stringify(name)})`),
    ...provided.map((name) => `${name} = ${prefix}.${name}`),
  ];
  const constants = declared.length === 0 ? '' : ` const ${declared.join(', ')};`;
  const body = code.replace(/^\/\/# sourceMappingURL=.*$/m, '');
  return `(${isAsync ? 'async ' : ''}function (${prefix}) { "use strict";${constants}\n${body}\n})`;
}

function rejected(diagnostics: readonly Diagnostic[], declarations: Declarations): Conversion {
  return {
    ok: false,
    diagnostics,
    code: '',
    map: '',
    declarations,
    names: [],
    hasTopLevelAwait: false,
    imports: [],
    sideModules: [],
  };
}

function failure(error: unknown, declarations: Declarations): Conversion {
  const text = error instanceof Error ? error.message : String(error);
  const message = `The TypeScript compiler failed on this cell: ${text}. The next cell is not affected; report the cell that did it.`;
  return rejected([{ line: 1, character: 1, length: 0, code: 0, message, category: 'error' }], declarations);
}
