import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import {
  type Conversion,
  type Converter,
  createConverter,
  createNodeHost,
  type Declarations,
  Linker,
  noDeclarations,
  Scope,
} from '../../../kernel/src/convert/index.js';

/** A folder with files, gone after the test. */
export function folder(files: Record<string, string>): {
  path: string;
  write(name: string, text: string): void;
  remove(): void;
} {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'heed-convert-')));
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  return { path, write, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Ran {
  readonly conversion: Conversion;
  readonly value: unknown;
  readonly error: unknown;
}

const external = async (specifier: string, importer: string): Promise<unknown> => {
  const require = createRequire(importer);
  try {
    return require(specifier);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (
      code !== 'ERR_REQUIRE_ASYNC_MODULE' &&
      code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED' &&
      code !== 'ERR_REQUIRE_ESM'
    )
      throw error;
    return importFrom(specifier, importer);
  }
};

/** `import()` as if written in `importer`: Node resolves it there. */
const importFrom = (specifier: string, importer: string): Promise<unknown> => {
  const script = new vm.Script(`(specifier) => import(specifier)`, {
    filename: importer,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  return (script.runInThisContext() as (s: string) => Promise<unknown>)(specifier);
};

/** The least that can run converted cells: what an executor does, without a kernel. */
export class Notebook {
  readonly scope = new Scope();
  declarations: Declarations = noDeclarations;
  readonly #linker = new Linker({
    evaluate: (code, filename) => vm.runInThisContext(code, { filename }),
    external,
  });
  readonly #file: string;

  constructor(
    readonly converter: Converter,
    readonly directory: string,
  ) {
    this.#file = join(directory, 'cell.ts');
  }

  /** Runs a cell and gives its value or what it threw. */
  async run(source: string): Promise<Ran> {
    const conversion = this.converter.convert(source, this.declarations);
    assert.deepEqual(
      conversion.diagnostics.filter(({ category }) => category === 'error'),
      [],
      source,
    );
    const modules = await this.#linker.load(conversion.imports, conversion.sideModules, this.#file);
    const context = this.scope.context({
      modules,
      import: async (specifier) => (await this.#linker.load([{ specifier }], [], this.#file))[0],
      meta: { url: pathToFileURL(this.#file).href },
      require: createRequire(this.#file),
    });
    const cell = vm.runInThisContext(conversion.code, { filename: this.#file }) as (
      context: unknown,
    ) => unknown;
    try {
      const returned = cell(context);
      const result = (conversion.hasTopLevelAwait ? await returned : returned) as
        | { value: unknown }
        | undefined;
      this.declarations = conversion.declarations;
      return { conversion, value: result?.value, error: undefined };
    } catch (error) {
      const lost = conversion.names.filter((name) => !context.assigned.has(name));
      this.declarations = this.converter.withoutNames(this.declarations, conversion.declarations, lost);
      return { conversion, value: undefined, error };
    }
  }

  /** The value of the last of some cells, none of which may throw. */
  async value(...sources: readonly string[]): Promise<unknown> {
    let value: unknown;
    for (const source of sources) {
      const ran = await this.run(source);
      if (ran.error !== undefined) throw ran.error;
      value = ran.value;
    }
    return value;
  }

  /** Errors of a cell that is converted but not run. */
  errors(source: string): string[] {
    return this.converter
      .convert(source, this.declarations)
      .diagnostics.map(
        ({ line, character, code, file }) =>
          `${file === undefined ? '' : `${file}:`}${line}:${character} TS${code}`,
      );
  }
}

export const notebookIn = (directory: string): Notebook =>
  new Notebook(createConverter(createNodeHost(directory)), directory);
