import ts from 'typescript';
import type { Declarations, NameEntry } from './types.js';

/**
 * One file through which a cell reaches everything that earlier cells declared, and they each other.
 *
 * TypeScript checks a new program by the old one's structure only while no file imports anything else than before;
 * otherwise it walks through every file of every package anew, which with TensorFlow.js takes most of a cell's time and
 * leaves megabytes of garbage. So a cell, and what is kept of it, imports the hub alone, and the hub imports all modules,
 * some that are still empty among them. Only a cell that imports for itself, or a package that no type named before,
 * changes the structure.
 *
 * The hub exports `name` of module 3 as `__heed_3_name`, and a package that types speak of as `__heed_from_…`.
 */
const HUB = '__heed_hub';

/** The module name of an earlier cell's declarations, relative to the notebook's folder. */
export const moduleName = (id: number): string => `__heed_${id}`;

export const hubFile = (directory: string): string => `${directory}/${HUB}.d.ts`;

const exported = ({ module, name }: Pick<NameEntry, 'module' | 'name'>): string =>
  `${moduleName(module)}_${name}`;
const mention = /__heed_(\d+)_([\p{ID_Continue}$\u200c\u200d]+)/gu;
const packageMention = /__heed_from_([A-Za-z0-9$_]+)/g;
const packageName = (specifier: string): string =>
  `__heed_from_${specifier.replace(/[^A-Za-z0-9]/gu, (sign) => `$${sign.codePointAt(0)!.toString(16)}_`)}`;
const specifierOf = (encoded: string): string =>
  encoded.replace(/\$([0-9a-f]+)_/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));

/** The names of other modules that a module's text mentions. */
export function mentionsOf(text: string): Pick<NameEntry, 'module' | 'name'>[] {
  return [...text.matchAll(mention)].map(([, id, name]) => ({ module: Number(id), name: name! }));
}

/** Modules that a text names as a whole. */
export function modulesIn(text: string): number[] {
  return [...text.matchAll(/["']\.\/__heed_(\d+)["']/g)].map(([, id]) => Number(id));
}

/** Earlier names, imported; `let` and `var` as variables of the same type, so that they can be assigned to. */
export function importNames(entries: readonly NameEntry[]): string {
  const imported = entries.map((entry) =>
    entry.mutable ? exported(entry) : `${exported(entry)} as ${entry.name}`,
  );
  const variables = entries
    .filter(({ mutable }) => mutable)
    .map((entry) => ` declare let ${entry.name}: typeof ${exported(entry)};`);
  return `import { ${imported.join(', ')} } from "./${HUB}";${variables.join('')}`;
}

const hubImport = new RegExp(`^import (?:\\{([^}]*)\\} from )?"\\./${HUB}";\\n?`, 'm');
const cellModule = /^\.\/__heed_(\d+)$/;

/** The declarations of a cell with the hub as their one import, but for what the cell imports itself. */
export function throughHub(declarations: string): string {
  const file = ts.createSourceFile('cell.d.ts', declarations, ts.ScriptTarget.Latest);
  const edits: { start: number; end: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportTypeNode(node)) {
      const edit = withoutImport(node, file);
      if (edit !== undefined) edits.push(edit);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  let text = declarations;
  for (const { start, end, text: by } of edits.reverse()) text = text.slice(0, start) + by + text.slice(end);
  const names = (hubImport.exec(text)?.[1] ?? '').split(',').map((name) => name.trim());
  text = text.replace(hubImport, '');
  const known = new Set(names.filter((name) => !name.includes(' as ')));
  for (const [name] of [...text.matchAll(mention), ...text.matchAll(packageMention)]) known.add(name);
  const renamed = names.filter((name) => name.includes(' as '));
  const all = [...renamed, ...known].filter((name) => name !== '');
  return `import { ${all.join(', ')} } from "./${HUB}";\n${text}`;
}

/** `import("./__heed_3").Name` as a name of the hub, and `import("package")` as its namespace there. */
function withoutImport(
  node: ts.ImportTypeNode,
  file: ts.SourceFile,
): { start: number; end: number; text: string } | undefined {
  const { argument, qualifier, attributes, isTypeOf } = node;
  if (attributes !== undefined || !ts.isLiteralTypeNode(argument) || !ts.isStringLiteral(argument.literal))
    return undefined;
  const specifier = argument.literal.text;
  const start = file.text.indexOf('import', node.getStart(file));
  const end = qualifier?.getStart(file);
  if (specifier === `./${HUB}`) return end === undefined ? undefined : { start, end, text: '' };
  const id = cellModule.exec(specifier)?.[1];
  if (id !== undefined)
    return end === undefined ? undefined : { start, end, text: `${moduleName(Number(id))}_` };
  if (end !== undefined) return { start, end, text: `${packageName(specifier)}.` };
  const close = file.text.indexOf(')', argument.end) + 1;
  return isTypeOf ? { start, end: close, text: packageName(specifier) } : undefined;
}

/** The text of a module that no cell has filled yet. */
export const emptyModule = throughHub('export {};');

/** The hub's text: `ids` are all modules that it imports, in their order. */
export function hubText({ names, modules }: Declarations, ids: readonly number[]): string {
  const wanted = new Map<number, Set<string>>(ids.map((id) => [id, new Set()]));
  for (const { module, name } of [...names, ...modules.flatMap(({ text }) => mentionsOf(text))])
    wanted.get(module)?.add(name);
  const packages = new Set(
    modules.flatMap(({ text }) => [...text.matchAll(packageMention)].map(([, encoded]) => encoded!)),
  );
  return [
    'export {};',
    ...[...wanted].map(([module, own]) => {
      const list = [...own].map((name) => `${name} as ${exported({ module, name })}`);
      return `export { ${list.join(', ')} } from "./${moduleName(module)}";`;
    }),
    // In an order that does not depend on the cells.
    ...[...packages]
      .sort()
      .map((encoded) => `export * as __heed_from_${encoded} from ${JSON.stringify(specifierOf(encoded))};`),
  ].join('\n');
}

/** A message or a type as the author of the cell would write it: the files behind earlier cells mean nothing to him. */
export function readableTypes(text: string): string {
  return text
    .replace(/import\("[^"]*__heed_\w+"\)\./g, '')
    .replace(/__heed_\d+_/g, '')
    .replace(packageMention, (_, encoded: string) => `import("${specifierOf(encoded)}")`);
}
