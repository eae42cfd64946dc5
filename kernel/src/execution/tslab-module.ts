import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Completion } from './converter.js';

/** The little of TypeScript 5.0's API that is needed here; the fork carries no types that fit TypeScript 6. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
export type Any = any;

interface TslabPosition {
  readonly offset: number;
  readonly line: number;
  readonly character: number;
}

export interface TslabResult {
  readonly diagnostics: readonly {
    readonly start: TslabPosition;
    readonly end: TslabPosition;
    readonly messageText: string;
    readonly code: number;
    readonly fileName?: string;
  }[];
  readonly output?: string;
  readonly declOutput?: string;
  readonly hasToplevelAwait?: boolean;
  readonly lastExpressionVar?: string;
  readonly sideOutputs?: readonly { readonly path: string; readonly data: string }[];
}

export interface TslabInner {
  convert(previous: string, source: string): TslabResult;
  complete(previous: string, source: string, position: number): Completion;
  inspect(previous: string, source: string, position: number): unknown;
  close(): void;
}

export interface Tslab {
  readonly ts: Any;
  /** The names of earlier cells, for the conversion under way. */
  readonly earlier: Set<string>;
  createConverter(options: { isJS: boolean; isBrowser: boolean }): TslabInner;
  isCompleteCode(source: string): { completed: boolean; indent?: string };
  printQuickInfo(info: unknown): string;
}

const here = createRequire(import.meta.url);
let loaded: Tslab | undefined;

/**
 * Loads tslab's converter with a copy of its TypeScript in which source maps are kept in both of its steps, and in which
 * the types of Node are found when the notebook's folder has none.
 */
export function loadTslab(): Tslab {
  if (loaded) return loaded;
  const fromTslab = createRequire(here.resolve('tslab/package.json'));
  const path = fromTslab.resolve('@tslab/typescript-for-tslab');
  const original: Any = fromTslab(path);
  const earlier = new Set<string>();
  const ts: Any = Object.create(null);
  for (const key of Object.keys(original)) ts[key] = original[key];
  ts.createWatchCompilerHost = (roots: unknown, options: object, ...rest: unknown[]) =>
    original.createWatchCompilerHost(roots, { ...options, inlineSourceMap: true }, ...rest);
  ts.transpileModule = (source: string, options: Any) =>
    original.transpileModule(source, {
      ...options,
      compilerOptions: { ...options.compilerOptions, inlineSourceMap: true },
      transformers: { before: [shorthandOfEarlierCells(original, earlier)] },
    });
  const typesOfNode = dirname(dirname(fromTslab.resolve('@types/node/package.json')));
  ts.getDefaultTypeRoots = (folder: string, host: Any) => {
    const roots: string[] = original.getDefaultTypeRoots(folder, host) ?? [];
    return roots.some((root) => original.sys.fileExists(`${root}/node/package.json`))
      ? roots
      : [...roots, typesOfNode];
  };
  const cached = here.cache[path]!;
  cached.exports = ts;
  const { createConverter, isCompleteCode } = fromTslab('./dist/converter');
  const { printQuickInfo } = fromTslab('./dist/inspect');
  loaded = { ts, earlier, createConverter, isCompleteCode, printQuickInfo };
  return loaded;
}

/**
 * tslab turns a name of an earlier cell into `exports.name`, but overlooks the short form `{ name }` in an object.
 * A transformer for its second step, where the cell is JavaScript already.
 */
function shorthandOfEarlierCells(ts: Any, earlier: ReadonlySet<string>): Any {
  const isLocal = (node: Any, name: string): boolean => {
    for (let scope = node.parent; scope; scope = scope.parent) if (scope.locals?.has(name)) return true;
    return false;
  };
  return (context: Any) => (file: Any) => {
    const visit = (node: Any): Any => {
      if (!ts.isShorthandPropertyAssignment(node)) return ts.visitEachChild(node, visit, context);
      const name: string = node.name.text;
      if (!earlier.has(name) || isLocal(node, name)) return node;
      const value = ts.factory.createPropertyAccessExpression(ts.factory.createIdentifier('exports'), name);
      return ts.setTextRange(ts.factory.createPropertyAssignment(name, value), node);
    };
    return ts.visitNode(file, visit);
  };
}
