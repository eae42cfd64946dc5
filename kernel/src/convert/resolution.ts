import ts from 'typescript';
import type { ConverterHost } from './types.js';

/**
 * Where imports lead, remembered. Installed packages stay as they are while a notebook runs, so what is found for them is
 * kept from one program to the next; otherwise each cell would look for every file of every package again.
 */
export class Resolution {
  readonly host: ts.ModuleResolutionHost;
  readonly #options: ts.CompilerOptions;
  readonly #directory: string;
  readonly #fallback: string | undefined;
  readonly #canonical: (path: string) => string;
  #modules!: ts.ModuleResolutionCache;
  #types!: ts.TypeReferenceDirectiveResolutionCache;
  #found!: Map<string, ts.ResolvedModuleWithFailedLookupLocations>;
  #lookedUpAgain = true;

  constructor(host: ConverterHost, options: ts.CompilerOptions, isVirtual: (path: string) => boolean) {
    this.#options = options;
    this.#directory = host.directory;
    this.#fallback = host.fallbackDirectory;
    this.#canonical = host.caseSensitive ? (path) => path : (path) => path.toLowerCase();
    this.host = {
      fileExists: (path) => isVirtual(path) || host.fileExists(path),
      readFile: host.readFile,
      directoryExists: host.directoryExists,
      getDirectories: host.directories,
      realpath: (path) => (isVirtual(path) ? path : host.realPath(path)),
    };
    this.forget();
  }

  get cache(): ts.ModuleResolutionCache {
    return this.#modules;
  }

  /** True when an import that cannot be found may be due to memory: nothing was forgotten since it was last asked. */
  takeStale(): boolean {
    const stale = !this.#lookedUpAgain;
    this.#lookedUpAgain = false;
    return stale;
  }

  forget(): void {
    this.#modules = ts.createModuleResolutionCache(this.#directory, this.#canonical, this.#options);
    this.#types = ts.createTypeReferenceDirectiveResolutionCache(
      this.#directory,
      this.#canonical,
      this.#options,
      this.#modules.getPackageJsonInfoCache(),
    );
    this.#found = new Map();
    this.#lookedUpAgain = true;
  }

  module(specifier: string, from: string): ts.ResolvedModuleWithFailedLookupLocations {
    // A local file may appear, vanish or move from .js to .ts, so only what packages import is remembered whole.
    if (!from.includes('/node_modules/')) return this.#fromNotebook(specifier, from);
    const key = `${from.slice(0, from.lastIndexOf('/'))} ${specifier}`;
    let resolved = this.#found.get(key);
    if (resolved === undefined) {
      resolved = ts.resolveModuleName(specifier, from, this.#options, this.host, this.#modules);
      this.#found.set(key, resolved);
    }
    return resolved;
  }

  /** The kernel's own place comes last, so that a notebook outside every project reaches what was installed beside it. */
  #fromNotebook(specifier: string, from: string): ts.ResolvedModuleWithFailedLookupLocations {
    const cache = this.#packageCache(specifier);
    const found = ts.resolveModuleName(specifier, from, this.#options, this.host, cache);
    if (found.resolvedModule !== undefined || cache === undefined || this.#fallback === undefined)
      return found;
    const place = `${this.#fallback}/cell.ts`;
    const beside = ts.resolveModuleName(specifier, place, this.#options, this.host, cache);
    return beside.resolvedModule === undefined ? found : beside;
  }

  #packageCache(specifier: string): ts.ModuleResolutionCache | undefined {
    return /^[.#/]/.test(specifier) ? undefined : this.#modules;
  }

  types(
    name: string | ts.FileReference,
    from: string,
  ): ts.ResolvedTypeReferenceDirectiveWithFailedLookupLocations {
    const text = typeof name === 'string' ? name : name.fileName;
    return ts.resolveTypeReferenceDirective(text, from, this.#options, this.host, undefined, this.#types);
  }
}
