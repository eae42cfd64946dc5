import ts from 'typescript';
import { shiftMap } from './map.js';
import { hasTopLevelAwait, identifiers } from './names.js';
import type { CellService } from './service.js';
import type { ModuleImport, SideModule } from './types.js';

/** Local modules as CommonJS, compiled once for each version of a file. */
export class SideModules {
  readonly #compiled = new Map<string, SideModule>();

  /** The modules that `imports` of the cell reach, and where each import leads. */
  collect(
    service: CellService,
    imports: readonly ts.StringLiteral[],
  ): { imports: ModuleImport[]; modules: SideModule[] } {
    const { program } = service;
    const modules = new Map<string, SideModule>();
    const resolve = (specifier: string, from: string): ModuleImport => {
      const path = resolveLocal(service, program, specifier, from);
      if (path === undefined) return { specifier };
      if (!modules.has(path)) visit(path);
      return { specifier, path };
    };
    const visit = (path: string): void => {
      const compiled = this.#compile(path, service.localVersion(path), program);
      modules.set(path, compiled);
      modules.set(path, {
        ...compiled,
        imports: compiled.imports.map(({ specifier }) => resolve(specifier, path)),
      });
    };
    return {
      imports: imports.map(({ text }) => resolve(text, service.cellFile)),
      modules: [...modules.values()],
    };
  }

  #compile(path: string, version: string, program: ts.Program): SideModule {
    const known = this.#compiled.get(path);
    if (known?.version === version) return known;
    const text = program.getSourceFile(path)?.text ?? '';
    const compiled = path.endsWith('.json')
      ? jsonModule(path, text, version)
      : compileModule(path, text, version, program);
    this.#compiled.set(path, compiled);
    return compiled;
  }
}

const wrap = (code: string, isAsync: boolean, meta: string): string =>
  `(${isAsync ? 'async ' : ''}function (exports, require, module, __filename, __dirname, ${meta}) {\n${code}\n})`;

function jsonModule(path: string, text: string, version: string): SideModule {
  const code = wrap(`module.exports = ${text.trim()};`, false, '$$meta');
  const map = JSON.stringify({ version: 3, sources: [path], names: [], mappings: '' });
  return { path, code, map, version, hasTopLevelAwait: false, imports: [] };
}

function compileModule(path: string, text: string, version: string, program: ts.Program): SideModule {
  const file = program.getSourceFile(path);
  let meta = '$$meta';
  if (file !== undefined) for (const names = identifiers(file); names.has(meta); ) meta = `$${meta}`;
  const replaceMeta: ts.TransformerFactory<ts.SourceFile> = (context) => (root) => {
    const visit = (node: ts.Node): ts.Node =>
      ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword
        ? ts.factory.createIdentifier(meta)
        : ts.visitEachChild(node, visit, context);
    return ts.visitEachChild(root, visit, context);
  };
  const { target, experimentalDecorators, useDefineForClassFields, jsx } = program.getCompilerOptions();
  const { outputText, sourceMapText = '' } = ts.transpileModule(text, {
    fileName: path,
    transformers: { before: [replaceMeta] },
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      esModuleInterop: true,
      sourceMap: true,
      target,
      experimentalDecorators,
      useDefineForClassFields,
      jsx,
    },
  });
  const code = outputText.replace(/^\/\/# sourceMappingURL=.*$/m, '');
  const isAsync = file !== undefined && hasTopLevelAwait(file);
  // Of the compiled code, in which imports of types alone are gone.
  const found = ts.preProcessFile(code, true, true).importedFiles.map(({ fileName }) => fileName);
  return {
    path,
    code: wrap(code, isAsync, meta),
    map: shiftMap(sourceMapText, { generated: 1, source: 0, name: path, content: text }),
    version,
    hasTopLevelAwait: isAsync,
    imports: [...new Set(found)].map((specifier) => ({ specifier })),
  };
}

const declarationFile = /\.d\.([mc]?ts|\w+\.ts)$/;

/** The local source that a specifier leads to; undefined for packages, built-in modules and declaration files. */
function resolveLocal(
  service: CellService,
  program: ts.Program,
  specifier: string,
  from: string,
): string | undefined {
  const { resolvedModule } = service.resolution.module(specifier, from);
  const path = resolvedModule?.resolvedFileName;
  if (path === undefined || declarationFile.test(path) || !service.isLocal(path)) return undefined;
  return program.getSourceFile(path) === undefined ? undefined : path;
}
