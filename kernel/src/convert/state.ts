import { importNames, mentionsOf, modulesIn } from './hub.js';
import type { DeclarationModule, Declarations, NameEntry } from './types.js';

/** What a notebook knows before its first cell. */
export const noDeclarations: Declarations = { next: 1, modules: [], names: [] };

/** Keeps the modules that names, or what they import, still reach. */
function reachable(modules: readonly DeclarationModule[], names: readonly NameEntry[]): DeclarationModule[] {
  const byId = new Map(modules.map((module) => [module.id, module]));
  const kept = new Set<number>();
  const pending = [
    ...names.map((entry) => entry.module),
    ...modules.filter((m) => m.ambient).map((m) => m.id),
  ];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const module = byId.get(id);
    if (module === undefined || kept.has(id)) continue;
    kept.add(id);
    pending.push(...modulesIn(module.text), ...mentionsOf(module.text).map((name) => name.module));
  }
  return modules.filter((module) => kept.has(module.id));
}

/** The declarations after a cell: its names hide earlier ones. */
export function extend(
  previous: Declarations,
  text: string,
  declared: readonly Omit<NameEntry, 'module'>[],
  ambient: boolean,
): Declarations {
  if (declared.length === 0 && !ambient) return previous;
  const id = previous.next;
  const names = new Map(previous.names.map((entry) => [entry.name, entry]));
  for (const entry of declared) {
    names.delete(entry.name);
    names.set(entry.name, { ...entry, module: id });
  }
  const entries = [...names.values()];
  const modules = [...previous.modules, { id, text, ambient }];
  return { next: id + 1, modules: reachable(modules, entries), names: entries };
}

/**
 * The declarations after a cell that stopped half way: those of `next`, but for the names `lost`, which mean again what
 * they meant in `previous`, if anything.
 */
export function withoutNames(
  previous: Declarations,
  next: Declarations,
  lost: Iterable<string>,
): Declarations {
  const gone = new Set(lost);
  if (gone.size === 0) return next;
  const earlier = new Map(previous.names.map((entry) => [entry.name, entry]));
  const names = next.names.flatMap((entry) => {
    if (!gone.has(entry.name)) return [entry];
    const before = earlier.get(entry.name);
    return before === undefined ? [] : [before];
  });
  const modules = new Map([...previous.modules, ...next.modules].map((module) => [module.id, module]));
  return { next: next.next, modules: reachable([...modules.values()], names), names };
}

/** What of the earlier cells a new cell can still name. */
export interface Visible {
  /** Declarations to stand before the cell; ends its line. */
  readonly header: string;
  /** Names that the header gives a second meaning beside the cell's own (a type beside a value or the reverse). */
  readonly merged: readonly NameEntry[];
}

/**
 * Earlier names as declarations in front of the cell. `let` and `var` are declared anew with the same type, so that
 * they can be assigned to; all else is imported, which keeps its documentation and all its meanings and forbids assignment.
 */
export function visibleNames(
  declarations: Declarations,
  declared: ReadonlyMap<string, { value: boolean; type: boolean }>,
  wanted: (name: string) => boolean,
): Visible {
  const visible: NameEntry[] = [];
  const merged: NameEntry[] = [];
  for (const entry of declarations.names) {
    const own = declared.get(entry.name);
    if (own !== undefined) {
      if ((own.value && entry.value) || (own.type && entry.type)) continue;
      merged.push(entry);
    } else if (!wanted(entry.name)) continue;
    visible.push(entry);
  }
  return { header: `export {}; ${importNames(visible)}\n`, merged };
}
