import { createRequire } from 'node:module';
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
  require: (specifier, importer) => createRequire(importer)(specifier),
};

/**
 * A package or built-in module as `import` in the file `importer` gives it; of a CommonJS module its `exports`, since
 * Node finds only some of their names by looking at the text.
 */
async function loadExternal(specifier: string, importer: string): Promise<unknown> {
  const namespace = (await importFrom(importer)(specifier)) as Record<string, unknown>;
  const whole = namespace.default;
  if (typeof whole !== 'object' && typeof whole !== 'function') return namespace;
  const { cache } = createRequire(importer);
  const isCommonJs = Object.values(cache).some((module) => module?.exports === whole);
  return isCommonJs ? whole : namespace;
}

/** Node resolves an `import()` from the file name of the script that it stands in. */
function importFrom(importer: string): (specifier: string) => Promise<unknown> {
  return new Script('(specifier) => import(specifier)', {
    filename: importer,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext();
}
