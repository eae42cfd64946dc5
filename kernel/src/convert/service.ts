import ts from 'typescript';
import { emptyModule, hubFile, hubText, moduleName } from './hub.js';
import { projectOptions } from './options.js';
import { Resolution } from './resolution.js';
import { noDeclarations } from './state.js';
import type { ConverterHost, ConverterOptions, Declarations } from './types.js';

interface VirtualFile {
  readonly text: string;
  readonly version: number;
}

interface KnownFile {
  readonly version: string;
  readonly snapshot: ts.IScriptSnapshot | undefined;
}

/** Modules kept ready for cells to come: a structure of the program lasts for so many. */
function spare({ next, modules }: Declarations): number[] {
  return Array.from({ length: Math.max(32, modules.length >> 1) }, (_, index) => next + index);
}

/**
 * TypeScript's language service over the notebook's folder plus a few files that exist only here: the cell being looked
 * at and the declarations of earlier cells. Files on disk are read once; local ones are looked at again when they change.
 */
export class CellService {
  readonly cellFile: string;
  readonly resolution: Resolution;
  readonly #host: ConverterHost;
  readonly #globalsFile: string;
  /** Imports all earlier cells, so that it also keeps their packages in memory though the present cell names none. */
  readonly #hubFile: string;
  /** Modules that the hub imports; more than there are, so that most cells change nothing of it. */
  #modules: readonly number[] = [];
  readonly #virtual = new Map<string, VirtualFile>();
  readonly #known = new Map<string, KnownFile>();
  readonly #options: ts.CompilerOptions;
  readonly #stamps: ReadonlyMap<string, string | undefined>;
  readonly #fallbackTypes: readonly string[];
  readonly #service: ts.LanguageService;
  #transformers: ts.CustomTransformers | undefined;
  #version = 0;

  constructor(host: ConverterHost, { globals }: ConverterOptions) {
    this.#host = host;
    this.cellFile = `${host.directory}/__heed_cell.ts`;
    this.#globalsFile = `${host.directory}/__heed_globals.d.ts`;
    this.#hubFile = hubFile(host.directory);
    const project = projectOptions(host);
    this.#options = project.options;
    this.#stamps = new Map(project.configFiles.map((path) => [path, host.version(path)]));
    this.resolution = new Resolution(host, this.#options, (path) => this.#virtual.has(path));
    this.#fallbackTypes = this.#needsFallbackTypes() ? (host.fallbackTypes ?? []) : [];
    if (globals !== undefined) this.#setVirtual(this.#globalsFile, globals);
    this.open(emptyModule, noDeclarations);
    this.#service = ts.createLanguageService(
      this.#serviceHost(),
      ts.createDocumentRegistry(host.caseSensitive),
    );
  }

  /** False after tsconfig.json changed: the service must be made anew. */
  get current(): boolean {
    for (const [path, stamp] of this.#stamps) if (this.#host.version(path) !== stamp) return false;
    return true;
  }

  get language(): ts.LanguageService {
    return this.#service;
  }

  get program(): ts.Program {
    const program = this.#service.getProgram();
    if (program === undefined) throw new Error('TypeScript made no program of the cell');
    return program;
  }

  /** Puts a cell before the service, with earlier declarations at its side. */
  open(text: string, declarations: Declarations): void {
    const texts = new Map(declarations.modules.map((module) => [module.id, module.text]));
    const known = new Set(this.#modules);
    if (this.#modules.length === 0 || [...texts.keys()].some((id) => !known.has(id)))
      this.#modules = [...texts.keys(), ...spare(declarations)];
    const present = new Set([this.cellFile, this.#globalsFile, this.#hubFile]);
    for (const id of this.#modules) {
      const path = `${this.#host.directory}/${moduleName(id)}.d.ts`;
      present.add(path);
      this.#setVirtual(path, texts.get(id) ?? emptyModule);
    }
    for (const path of this.#virtual.keys()) if (!present.has(path)) this.#virtual.delete(path);
    this.#setVirtual(this.#hubFile, hubText(declarations, this.#modules));
    this.#setVirtual(this.cellFile, text);
  }

  /** The cell's JavaScript, map and declarations. */
  emit(transformers: ts.CustomTransformers): { code: string; map: string; declarations: string } {
    this.#transformers = transformers;
    try {
      // Forced: a type that cannot be written down becomes `any` in later cells and is no reason not to run.
      const { outputFiles } = this.#service.getEmitOutput(this.cellFile, false, true);
      const text = (ending: string): string =>
        outputFiles.find(({ name }) => name.endsWith(ending))?.text ?? '';
      return { code: text('.js'), map: text('.js.map'), declarations: text('.d.ts') };
    } finally {
      this.#transformers = undefined;
    }
  }

  /** Looks for everything on disk again, as after a package was installed. */
  refresh(): void {
    this.resolution.forget();
    const cell = this.#virtual.get(this.cellFile);
    if (cell !== undefined) this.#virtual.set(this.cellFile, { ...cell, version: ++this.#version });
  }

  dispose(): void {
    this.#service.dispose();
  }

  /** A file of the project itself, which may change at any time. */
  isLocal(path: string): boolean {
    return (
      !path.includes('/node_modules/') &&
      !path.startsWith(this.#host.libDirectory) &&
      !this.#virtual.has(path)
    );
  }

  localVersion(path: string): string {
    return this.#host.version(path) ?? '';
  }

  #needsFallbackTypes(): boolean {
    if (!(this.#options.types?.includes('node') ?? false)) return false;
    const place = `${this.#host.directory}/__inferred type names__.ts`;
    const { resolvedTypeReferenceDirective } = this.resolution.types('node', place);
    if (resolvedTypeReferenceDirective?.resolvedFileName !== undefined) return false;
    this.#options.types = this.#options.types?.filter((name) => name !== 'node');
    return true;
  }

  #setVirtual(path: string, text: string): void {
    if (this.#virtual.get(path)?.text !== text) this.#virtual.set(path, { text, version: ++this.#version });
  }

  #file(path: string): KnownFile {
    const known = this.#known.get(path);
    const version = known !== undefined && !this.isLocal(path) ? known.version : this.localVersion(path);
    if (known?.version === version) return known;
    const text = this.#host.readFile(path);
    const file = { version, snapshot: text === undefined ? undefined : ts.ScriptSnapshot.fromString(text) };
    this.#known.set(path, file);
    return file;
  }

  #serviceHost(): ts.LanguageServiceHost & Pick<ts.CompilerHost, 'getModuleResolutionCache'> {
    const host = this.#host;
    const virtual = this.#virtual;
    const { resolution } = this;
    return {
      resolveModuleNameLiterals: (literals, from) =>
        literals.map(({ text }) => resolution.module(text, from)),
      resolveTypeReferenceDirectiveReferences: (names, from) =>
        names.map((name) => resolution.types(name, from)),
      getModuleResolutionCache: () => resolution.cache,
      getCompilationSettings: () => this.#options,
      // Always the same roots: TypeScript resolves every import anew when they change.
      getScriptFileNames: () => [
        this.cellFile,
        this.#hubFile,
        ...(virtual.has(this.#globalsFile) ? [this.#globalsFile] : []),
        ...this.#fallbackTypes,
      ],
      getScriptVersion: (path) => virtual.get(path)?.version.toString() ?? this.#file(path).version,
      getScriptSnapshot: (path) => {
        const file = virtual.get(path);
        return file === undefined ? this.#file(path).snapshot : ts.ScriptSnapshot.fromString(file.text);
      },
      getCurrentDirectory: () => host.directory,
      getDefaultLibFileName: (options) => `${host.libDirectory}/${ts.getDefaultLibFileName(options)}`,
      useCaseSensitiveFileNames: () => host.caseSensitive,
      fileExists: (path) => virtual.has(path) || host.fileExists(path),
      readFile: (path) => virtual.get(path)?.text ?? host.readFile(path),
      directoryExists: host.directoryExists,
      getDirectories: host.directories,
      readDirectory: host.readDirectory,
      realpath: (path) => (virtual.has(path) ? path : host.realPath(path)),
      getCustomTransformers: () => this.#transformers,
    };
  }
}
