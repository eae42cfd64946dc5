import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '..');

/** Which rooms a room of the library may import: the table of docs/architecture.md. */
const LIBRARY: Record<string, readonly string[]> = {
  platform: [],
  random: [],
  core: ['random', 'platform'],
  backend: ['platform'],
  layers: ['core', 'backend', 'random'],
  recurrent: ['core', 'layers', 'backend', 'random'],
  attention: ['core', 'layers', 'backend', 'random'],
  seq2seq: ['core', 'layers', 'backend', 'random', 'recurrent', 'attention'],
  training: ['core', 'random', 'platform', 'backend'],
  text: ['random', 'platform'],
  audio: ['platform'],
  tasks: ['random', 'text'],
  metrics: [],
  models: [
    ...['core', 'layers', 'backend', 'random', 'recurrent', 'attention', 'seq2seq'],
    ...['training', 'text', 'tasks', 'metrics', 'platform'],
  ],
  figures: [],
  notebook: ['figures', 'platform'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Relative imports below a source folder, as paths below it. `#platform` counts as the platform room. */
function importsBelow(folder: string): Import[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  return files.flatMap((file) => {
    const source = readFileSync(join(folder, file), 'utf8');
    return ts.preProcessFile(source, true, true).importedFiles.flatMap(({ fileName }) => {
      const from = file.split(sep).join('/');
      if (fileName === '#platform') return [{ from, to: 'platform/node.ts' }];
      if (!fileName.startsWith('.')) return [];
      const target = relative(folder, resolve(folder, dirname(file), fileName)).replace(/\.js$/, '.ts');
      return [{ from, to: target.split(sep).join('/') }];
    });
  });
}

const room = (path: string) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');

/** The first ring among the imports, as a list of files, or undefined. */
function findRing(imports: readonly Import[]): string[] | undefined {
  const next = groupByFrom(imports);
  const done = new Set<string>();
  const walk = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const { to } of next.get(file) ?? []) {
      const ring = walk(to, [...path, file]);
      if (ring) return ring;
    }
    done.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const ring = walk(file, []);
    if (ring) return ring;
  }
  return undefined;
}

function groupByFrom(imports: readonly Import[]): Map<string, Import[]> {
  const groups = new Map<string, Import[]>();
  for (const entry of imports) groups.set(entry.from, [...(groups.get(entry.from) ?? []), entry]);
  return groups;
}

test('the rooms of the library import only what the architecture allows', () => {
  const imports = importsBelow(join(root, 'lib/src')).filter((i) => room(i.from) !== '');
  assert.ok(imports.length > 10, 'the library has imports to look at');
  const wrong = imports.filter(({ from, to }) => {
    const allowed = LIBRARY[room(from)];
    assert.ok(allowed, `lib/src/${room(from)} is not in the table of docs/architecture.md`);
    return room(to) !== room(from) && !allowed.includes(room(to));
  });
  assert.deepEqual(wrong, []);
});

test('nothing in the library or the kernel imports in a ring', () => {
  for (const folder of ['lib/src', 'kernel/src'])
    assert.equal(findRing(importsBelow(join(root, folder))), undefined, folder);
});

test('a ring is found where there is one', () => {
  const ring = findRing([
    { from: 'a.ts', to: 'b.ts' },
    { from: 'b.ts', to: 'c.ts' },
    { from: 'c.ts', to: 'b.ts' },
  ]);
  assert.deepEqual(ring, ['b.ts', 'c.ts', 'b.ts']);
});
