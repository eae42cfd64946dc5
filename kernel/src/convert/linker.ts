import type { ModuleImport, SideModule } from './types.js';

/** What the linker needs of the machine it runs on. */
export interface LinkerHost {
  /** The value of a script's one expression, under a file name that traces will show. */
  evaluate(code: string, fileName: string): unknown;
  /** A package or built-in module as `require` or `import()` gives it. */
  external(specifier: string, importer: string): unknown;
  /** Node's own `require` for what a module asks for only while it runs; absent in a browser. */
  require?(specifier: string, importer: string): unknown;
}

type ModuleFunction = (
  exports: object,
  require: (specifier: string) => unknown,
  module: { exports: object },
  fileName: string,
  folder: string,
  meta: object,
) => unknown;

interface Linked {
  readonly source: SideModule;
  /** Present from the moment the module starts, so that a ring of imports sees what there is. */
  module?: { exports: object };
  ready?: Promise<void>;
}

/**
 * Loads what cells import. Everything is loaded before the cell begins, so that a cell without `await` runs
 * synchronously and can be interrupted as such, and a package with top-level await is no special case. A local module is run
 * again when it, or a local module it imports, has changed.
 */
export class Linker {
  readonly #host: LinkerHost;
  readonly #linked = new Map<string, Linked>();
  readonly #namespaces = new WeakMap<object, object>();

  constructor(host: LinkerHost) {
    this.#host = host;
  }

  /** The namespaces of a cell's imports, in their order: `modules` of the cell's context. */
  async load(
    imports: readonly ModuleImport[],
    sideModules: readonly SideModule[],
    importer: string,
  ): Promise<object[]> {
    this.#update(sideModules);
    const namespaces: object[] = [];
    for (const wanted of imports) namespaces.push(this.#namespace(await this.#load(wanted, importer, [])));
    return namespaces;
  }

  /** Forgets modules that changed, with all that import them. */
  #update(sources: readonly SideModule[]): void {
    const stale = new Set<string>();
    for (const source of sources) {
      const known = this.#linked.get(source.path);
      if (known === undefined || known.source.version !== source.version) stale.add(source.path);
    }
    const all = new Map([...this.#linked].map(([path, { source }]) => [path, source]));
    for (const source of sources) all.set(source.path, source);
    for (let size = -1; size !== stale.size; ) {
      size = stale.size;
      for (const source of all.values())
        if (source.imports.some(({ path }) => path !== undefined && stale.has(path))) stale.add(source.path);
    }
    for (const path of stale) this.#linked.set(path, { source: all.get(path)! });
  }

  async #load(
    { specifier, path }: ModuleImport,
    importer: string,
    ring: readonly string[],
  ): Promise<unknown> {
    if (path === undefined) return this.#host.external(specifier, importer);
    const linked = this.#linked.get(path)!;
    if (!ring.includes(path)) {
      linked.ready ??= this.#run(linked, [...ring, path]);
      try {
        await linked.ready;
      } catch (error) {
        // A module that threw is tried again at the next import.
        this.#linked.set(path, { source: linked.source });
        throw error;
      }
    }
    return linked.module?.exports ?? {};
  }

  async #run(linked: Linked, ring: readonly string[]): Promise<void> {
    const { path, code, imports } = linked.source;
    linked.module = { exports: {} };
    const loaded = new Map<string, unknown>();
    for (const wanted of imports) {
      const value = await this.#load(wanted, path, ring);
      // A local module in a ring may still replace its exports, so it is looked up when asked for.
      if (wanted.path === undefined) loaded.set(wanted.specifier, commonJs(value));
    }
    const require = (specifier: string): unknown => {
      const local = imports.find((wanted) => wanted.specifier === specifier)?.path;
      if (local !== undefined) return this.#linked.get(local)?.module?.exports;
      if (loaded.has(specifier)) return loaded.get(specifier);
      if (this.#host.require === undefined)
        throw new Error(`Module '${specifier}' was not loaded before ${path} ran`);
      return commonJs(this.#host.require(specifier, path));
    };
    const run = this.#host.evaluate(code, path) as ModuleFunction;
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    await run(linked.module.exports, require, linked.module, path, folder, {
      url: `file://${encodeURI(path)}`,
    });
  }

  /** What `import * as` gives: of a CommonJS module its properties, with the whole as `default`. */
  #namespace(loaded: unknown): object {
    if (isEsModule(loaded)) return loaded;
    const key =
      loaded !== null && (typeof loaded === 'object' || typeof loaded === 'function') ? loaded : undefined;
    const known = key === undefined ? undefined : this.#namespaces.get(key);
    if (known !== undefined) return known;
    const namespace = Object.create(null) as object;
    for (const name of key === undefined ? [] : propertyNames(key))
      if (name !== 'default')
        Object.defineProperty(namespace, name, {
          enumerable: true,
          get: () => (key as Record<string, unknown>)[name],
        });
    Object.defineProperty(namespace, 'default', { enumerable: true, value: loaded });
    if (key !== undefined) this.#namespaces.set(key, namespace);
    return namespace;
  }
}

const isNamespace = (value: object): boolean =>
  (value as Record<symbol, unknown>)[Symbol.toStringTag] === 'Module' &&
  Object.getPrototypeOf(value) === null;

const isEsModule = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && (isNamespace(value) || '__esModule' in value);

/** Own names and, as `require` users expect, those of a class instance's methods are reached through `default`. */
const propertyNames = (value: object): string[] =>
  Object.getOwnPropertyNames(value).filter(
    (name) => !(typeof value === 'function' && ['prototype', 'caller', 'arguments'].includes(name)),
  );

/** An ES module as compiled CommonJS wants it: marked, so that its default export is not wrapped again. */
function commonJs(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !isNamespace(value) || '__esModule' in value)
    return value;
  const marked = Object.create(null) as object;
  for (const name of Object.getOwnPropertyNames(value))
    Object.defineProperty(marked, name, {
      enumerable: true,
      get: () => (value as Record<string, unknown>)[name],
    });
  return Object.defineProperty(marked, '__esModule', { value: true });
}
