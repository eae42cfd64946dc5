import ts from 'typescript';
import type { Layout } from './layout.js';
import type { TopLevelName } from './names.js';
import type { NameEntry } from './types.js';

/** TypeScript writes no declarations for a `var` inside a statement. */
export function nestedVariables(own: readonly TopLevelName[], checker: ts.TypeChecker): string {
  const types = new Map<string, string>();
  for (const { name, node, form } of own) {
    if (form !== 'nested var' || types.has(name)) continue;
    const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
    types.set(name, checker.typeToString(checker.getTypeAtLocation(node), node, flags));
  }
  return [...types].map(([name, type]) => `declare var ${name}: ${type};\n`).join('');
}

/** The cell's names as later cells see them. */
export function entries(
  own: readonly TopLevelName[],
  layout: Layout,
  checker: ts.TypeChecker,
): Omit<NameEntry, 'module'>[] {
  const found = new Map<string, Omit<NameEntry, 'module'>>();
  const add = (entry: Omit<NameEntry, 'module'>): void => {
    const before = found.get(entry.name);
    found.set(entry.name, {
      name: entry.name,
      mutable: entry.mutable || (before?.mutable ?? false),
      value: entry.value || (before?.value ?? false),
      type: entry.type || (before?.type ?? false),
    });
  };
  for (const { name, mutable, value, type, form, node } of own) {
    const identifier = (node as ts.NamedDeclaration).name;
    const alias =
      form === 'import' && identifier !== undefined ? checker.getSymbolAtLocation(identifier) : undefined;
    const target =
      alias !== undefined && (alias.flags & ts.SymbolFlags.Alias) !== 0
        ? checker.getAliasedSymbol(alias)
        : undefined;
    if (target?.declarations === undefined) add({ name, mutable, value, type });
    else
      add({
        name,
        mutable,
        value: (target.flags & ts.SymbolFlags.Value) !== 0,
        type: (target.flags & (ts.SymbolFlags.Type | ts.SymbolFlags.Namespace)) !== 0,
      });
  }
  for (const { name, mutable, value, type } of layout.merged) add({ name, mutable, value, type });
  return [...found.values()];
}
