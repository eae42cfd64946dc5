import { existsSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { ConverterHost } from './types.js';

const slashes = (path: string): string => path.replaceAll('\\', '/');

/** The file system of Node, for a notebook in `directory`. */
export function createNodeHost(directory: string): ConverterHost {
  const require = createRequire(import.meta.url);
  const libDirectory = slashes(dirname(require.resolve('typescript/lib/lib.d.ts')));
  const isKind = (path: string, kind: 'isFile' | 'isDirectory'): boolean => statOf(path)?.[kind]() ?? false;
  return {
    directory: slashes(realpathSync(directory)),
    libDirectory,
    caseSensitive: ts.sys.useCaseSensitiveFileNames,
    fallbackTypes: nodeTypes(require),
    fallbackDirectory: slashes(dirname(fileURLToPath(import.meta.url))),
    readFile: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
    fileExists: (path) => isKind(path, 'isFile'),
    directoryExists: (path) => isKind(path, 'isDirectory'),
    directories: (path) =>
      isKind(path, 'isDirectory')
        ? readdirSync(path).filter((name) => isKind(join(path, name), 'isDirectory'))
        : [],
    readDirectory: (...parameters) => ts.sys.readDirectory(...parameters),
    realPath: (path) => (existsSync(path) ? slashes(realpathSync(path)) : path),
    version: (path) => {
      const stat = statOf(path);
      return stat === undefined ? undefined : `${stat.mtimeMs}:${stat.size}`;
    },
  };
}

/**
 * What is at a path, or undefined. The compiler also asks for files below files, as for `mnist.js/index.ts` where a package's main
 * file is given without types: that is no error but a no.
 */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Node's types as this package can reach them, for a notebook outside every project. */
function nodeTypes(require: NodeJS.Require): string[] {
  try {
    return [slashes(join(dirname(require.resolve('@types/node/package.json')), 'index.d.ts'))];
  } catch {
    return [];
  }
}
