import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';
import type { LinkerHost } from '../convert/linker.js';

// That Node calls this option of ours experimental is nothing to a notebook, and on stderr it would cost a graded cell its
// points. All other warnings pass.
const emitWarning = process.emitWarning as (warning: string | Error, ...rest: unknown[]) => void;
process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
  if (!String(warning).includes('vm.USE_MAIN_CONTEXT_DEFAULT_LOADER'))
    emitWarning.call(process, warning, ...rest);
};

/** How Node loads what the cells of a notebook import. */
export const moduleHost: LinkerHost = {
  evaluate: (code, fileName) => new Script(code, { filename: fileName }).runInThisContext(),
  external: loadExternal,
  require: (specifier, importer) => requireFrom(importer)(specifier),
};

/** Where this package is installed, and with it what a notebook outside every project may import. */
const installed = fileURLToPath(import.meta.url);

/** The name of the package that a specifier means; undefined for files, built-in modules and a package's own `#` names. */
const packageOf = (specifier: string): string | undefined =>
  /^(?:@[^/:]+\/)?[^./#@:][^/:]*(?=\/|$)/.exec(specifier)?.[0];

/** True when it is the wanted package itself that is not there, and not one that it needs. */
function isMissing(error: unknown, specifier: string): boolean {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  const name = packageOf(specifier);
  return name !== undefined && /MODULE_NOT_FOUND$/.test(code) && message.includes(`'${name}`);
}

/** `require` of a cell in `file`: what cannot be found from there is looked for beside the kernel. */
export function requireFrom(file: string): NodeJS.Require {
  const own = createRequire(file);
  const beside = createRequire(installed);
  const finder = (specifier: string): NodeJS.Require => {
    for (const require of [own, beside]) {
      try {
        require.resolve(specifier);
        return require;
      } catch (error) {
        if (!isMissing(error, specifier)) return require;
      }
    }
    return own;
  };
  const { cache, extensions, main } = own;
  const resolve = (specifier: string, options?: { paths?: string[] }) =>
    (options?.paths ? own : finder(specifier)).resolve(specifier, options);
  return Object.assign((specifier: string) => finder(specifier)(specifier), {
    cache,
    extensions,
    main,
    resolve: Object.assign(resolve, { paths: own.resolve.paths }),
  });
}

/**
 * A package or built-in module as `import` in the file `importer` gives it; of a CommonJS module its `exports`, since
 * Node finds only some of their names by looking at the text.
 */
async function loadExternal(specifier: string, importer: string): Promise<unknown> {
  const namespace = await importAsFrom(importer, specifier);
  const whole = namespace.default;
  if (typeof whole !== 'object' && typeof whole !== 'function') return namespace;
  const { cache } = createRequire(importer);
  const isCommonJs = Object.values(cache).some((module) => module?.exports === whole);
  return isCommonJs ? whole : namespace;
}

async function importAsFrom(importer: string, specifier: string): Promise<Record<string, unknown>> {
  try {
    return await importIn(importer, specifier);
  } catch (error) {
    if (!isMissing(error, specifier)) throw error;
    return importIn(installed, specifier).catch((second) => {
      // Its absence is told as of the notebook's folder.
      throw isMissing(second, specifier) ? error : second;
    });
  }
}

/** Node resolves an `import()` from the file name of the script that it stands in. */
function importIn(file: string, specifier: string): Promise<Record<string, unknown>> {
  const load = new Script('(specifier) => import(specifier)', {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext();
  return load(specifier);
}
