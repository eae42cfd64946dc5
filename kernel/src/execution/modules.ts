import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { Script } from 'node:vm';
import type { SideOutput } from './converter.js';
import { locator } from './source-map.js';
import type { StackWriter } from './traceback.js';

interface LocalModule {
  readonly exports: Record<string, unknown>;
  /** The local modules that it was loaded from. */
  readonly users: Set<string>;
}

/** `require` for cells: from the notebook's folder, with the local TypeScript modules that the converter converted. */
export class CellModules {
  readonly require: NodeJS.Require;
  readonly #outputs = new Map<string, SideOutput>();
  readonly #loaded = new Map<string, LocalModule>();
  readonly #stacks: StackWriter;

  constructor(folder: string, stacks: StackWriter) {
    this.#stacks = stacks;
    this.require = this.#requireFrom(join(folder, 'cell.js'));
  }

  /** Takes new conversions; a changed module and those that use it are loaded again at the next import. */
  update(outputs: readonly SideOutput[]): void {
    for (const output of outputs) {
      const path = resolve(output.path);
      this.#outputs.set(path, output);
      this.#forget(path);
    }
  }

  #forget(path: string): void {
    const module = this.#loaded.get(path);
    if (!module) return;
    this.#loaded.delete(path);
    for (const user of module.users) this.#forget(user);
  }

  #requireFrom(file: string): NodeJS.Require {
    const original = createRequire(file);
    const folder = dirname(file);
    const require = (id: string) => this.#local(folder, id, file) ?? original(id);
    return Object.assign(require, original) as NodeJS.Require;
  }

  #local(folder: string, id: string, user: string): Record<string, unknown> | undefined {
    if (!/^\.{0,2}\//.test(id) && id !== '.' && id !== '..') return undefined;
    const base = resolve(folder, id);
    const extension = extname(base);
    const paths = [base, `${base}.js`, join(base, 'index.js')];
    if (/^\.(m|c)?[jt]sx?$/.test(extension)) paths.unshift(`${base.slice(0, -extension.length)}.js`);
    const path = paths.find((candidate) => this.#outputs.has(candidate));
    if (path === undefined) return undefined;
    const loaded = this.#loaded.get(path);
    if (loaded) {
      loaded.users.add(user);
      return loaded.exports;
    }
    return this.#load(path, user);
  }

  #load(path: string, user: string): Record<string, unknown> {
    const { code, sourceMap } = this.#outputs.get(path)!;
    if (sourceMap) this.#stacks.add(path, locator(sourceMap));
    const module = { exports: {} as Record<string, unknown> };
    this.#loaded.set(path, { exports: module.exports, users: new Set([user]) });
    try {
      const wrapped = `(function (exports, require, module, __filename, __dirname) {\n${code}\n})`;
      const run = new Script(wrapped, { filename: path, lineOffset: -1 }).runInThisContext();
      run(module.exports, this.#requireFrom(path), module, path, dirname(path));
    } catch (error) {
      this.#loaded.delete(path);
      throw error;
    }
    return module.exports;
  }
}
