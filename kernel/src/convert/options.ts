import ts from 'typescript';
import type { ConverterHost } from './types.js';

export interface ProjectOptions {
  readonly options: ts.CompilerOptions;
  /** Files whose change makes these options stale. */
  readonly configFiles: readonly string[];
}

/** The newest library whose marker this runtime has: what type checks should also run. */
function runtimeLibrary(): string {
  const has = (object: object, name: string): boolean => name in object;
  if (has(globalThis, 'Iterator') && has(Set.prototype, 'union')) return 'lib.es2025.d.ts';
  if (has(Object, 'groupBy') && has(Promise, 'withResolvers')) return 'lib.es2024.d.ts';
  return 'lib.es2023.d.ts';
}

/** Strict, and the language of this runtime. */
const defaults = (): ts.CompilerOptions => ({
  strict: true,
  target: ts.ScriptTarget.ES2022,
  // Node's types bring fetch, URL, console and timers; the whole DOM would hide slips such as a free `name`.
  lib: [runtimeLibrary(), 'lib.esnext.disposable.d.ts', 'lib.esnext.decorators.d.ts'],
  types: ['node'],
});

/** What conversion itself stands on; a project cannot change it. */
const fixed: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  // Knows `exports` maps, and finds `./a`, `./a.js` and `./a.ts` alike.
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  esModuleInterop: true,
  allowJs: true,
  checkJs: false,
  skipLibCheck: true,
  declaration: true,
  sourceMap: true,
  // Without it a later cell could not look into a const enum at run time.
  preserveConstEnums: true,
  newLine: ts.NewLineKind.LineFeed,
  // A cell's names are for later cells.
  noUnusedLocals: false,
  noUnusedParameters: false,
  // A cell may import a type without saying so.
  verbatimModuleSyntax: false,
  isolatedModules: false,
  isolatedDeclarations: false,
  erasableSyntaxOnly: false,
};

/** Options of a project that say how it is built, which is not how a cell is. */
const ignored = [
  'outDir', 'outFile', 'rootDir', 'rootDirs', 'declarationDir', 'declarationMap', 'tsBuildInfoFile', 'composite',
  'incremental', 'noEmit', 'noEmitOnError', 'emitDeclarationOnly', 'inlineSourceMap', 'inlineSources', 'sourceRoot',
  'mapRoot', 'removeComments', 'importHelpers', 'noEmitHelpers', 'emitDecoratorMetadata', 'stripInternal', 'noLib',
  'downlevelIteration', 'rewriteRelativeImportExtensions', 'noResolve', 'allowArbitraryExtensions', 'noCheck',
  'libReplacement', 'project', 'plugins',
]; // biome-ignore format: a list

/** The options of the nearest tsconfig.json, or defaults, made fit for cells. */
export function projectOptions(host: ConverterHost): ProjectOptions {
  const path = ts.findConfigFile(host.directory, host.fileExists);
  const read: string[] = [];
  let own: ts.CompilerOptions = {};
  if (path !== undefined) {
    const parseHost: ts.ParseConfigHost = {
      useCaseSensitiveFileNames: host.caseSensitive,
      fileExists: host.fileExists,
      readFile: (file) => {
        read.push(file);
        return host.readFile(file);
      },
      // The project's files are not wanted, and listing them may be slow.
      readDirectory: () => [],
    };
    const { config } = ts.readConfigFile(path, parseHost.readFile);
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    own = ts.parseJsonConfigFileContent(config ?? {}, parseHost, folder, undefined, path).options;
    for (const name of ignored) delete own[name];
  }
  const { ES2018, ES2022 } = ts.ScriptTarget;
  const merged: ts.CompilerOptions = { ...defaults(), ...own, ...fixed };
  // A project's own target says which library it means; the code must be what every supported Node can run.
  if (own.target !== undefined && own.lib === undefined) delete merged.lib;
  if (merged.lib === undefined && own.target !== undefined) merged.lib = [defaultLibrary(own.target)];
  merged.target = Math.min(Math.max(merged.target ?? ES2022, ES2018), ES2022);
  return { options: merged, configFiles: path === undefined ? [] : [path, ...read] };
}

function defaultLibrary(target: ts.ScriptTarget): string {
  return ts.getDefaultLibFileName({ target });
}
