import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { createConverter, createNodeHost } from '../../../kernel/src/convert/index.js';
import { folder, Notebook } from './notebook.js';

const pkg = (json: object): string => JSON.stringify({ name: 'p', version: '1.0.0', ...json });
const place = folder({
  'lib/up.ts':
    "import { base } from './base.js';\nimport type { Shape } from './shape.ts';\nexport const up = (s: Shape) => s.n + base;\nexport default class Up {}\n",
  'lib/base.ts': 'export const base = 10;\nexport let count = 0;\n',
  'lib/shape.ts':
    "export interface Shape { n: number }\nthrow new Error('a module of types alone must not run');\n",
  'lib/waits.ts':
    'export const waited: number = await Promise.resolve(4);\nexport const here = import.meta.url;\n',
  'lib/ring-a.ts': "import { b } from './ring-b';\nexport const a = (): number => b() + 1;\n",
  'lib/ring-b.ts':
    "import { a } from './ring-a';\nexport const b = (): number => (typeof a === 'function' ? 1 : 0);\n",
  'nb/data.json': '{ "rows": [1, 2, 3] }',
  'nb/a.ts': "export const a: string = 'first';\n",
  'nb/thrower.ts': "\n\nexport function boom(): never {\n  throw new Error('inside');\n}\n",
  'node_modules/esm-only/package.json': pkg({
    type: 'module',
    exports: { import: { types: './t/i.d.ts', default: './i.js' } },
  }),
  'node_modules/esm-only/i.js':
    'export const answer = await Promise.resolve(42);\nexport default function hello() { return "hi"; }\n',
  'node_modules/esm-only/t/i.d.ts':
    'export declare const answer: number;\nexport default function hello(): string;\n',
  'node_modules/cjs/package.json': pkg({ main: 'i.js', types: 'i.d.ts' }),
  'node_modules/cjs/i.js': 'module.exports = Object.assign(() => 5, { part: 6 });\n',
  'node_modules/cjs/i.d.ts':
    'declare function f(): number;\ndeclare namespace f { const part: number }\nexport = f;\n',
  'node_modules/untyped/package.json': pkg({ main: 'i.js' }),
  'node_modules/untyped/i.js': 'exports.u = 8;\n',
  'node_modules/sub/package.json': pkg({ exports: { './deep': { types: './d.d.ts', default: './d.js' } } }),
  'node_modules/sub/d.js': 'exports.deep = 9;\n',
  'node_modules/sub/d.d.ts': 'export declare const deep: number;\n',
});
const directory = `${place.path}/nb`;
const converter = createConverter(createNodeHost(directory));
const fresh = (): Notebook => new Notebook(converter, directory);

describe('imports', () => {
  after(() => {
    converter.close();
    place.remove();
  });

  it('finds local TypeScript with every ending, outside the folder too', async () => {
    const notebook = fresh();
    assert.equal(await notebook.value("import { up } from '../lib/up'; up({ n: 1 })"), 11);
    assert.equal(await notebook.value("import { up as up2 } from '../lib/up.ts'; up2({ n: 2 })"), 12);
    assert.equal(
      await notebook.value(
        "import Up, * as all from '../lib/up.js'; [Up.name, Object.keys(all).sort().join()].join()",
      ),
      'Up,default,up',
    );
  });

  it('sees an edited module at the next import, in the importing cell and in earlier closures', async () => {
    const notebook = fresh();
    await notebook.value("import { a } from './a'; const read = () => a;");
    assert.equal(await notebook.value('read()'), 'first');
    place.write('nb/a.ts', "export const a: string = 'second!';\n");
    assert.equal(await notebook.value("import { a } from './a'; a"), 'second!');
    assert.equal(await notebook.value('read()'), 'second!');
    place.write('nb/a.ts', 'export const a: number = 3;\n');
    assert.equal(await notebook.value("import { a } from './a'; a.toFixed(1)"), '3.0');
  });

  it('runs an unchanged module again when what it imports changed', async () => {
    const notebook = fresh();
    assert.equal(await notebook.value("import { up } from '../lib/up'; up({ n: 1 })"), 11);
    place.write('lib/base.ts', 'export const base = 200;\nexport let count = 0;\n');
    assert.equal(await notebook.value("import { up } from '../lib/up'; up({ n: 1 })"), 201);
  });

  it('awaits in modules, gives import.meta, closes rings', async () => {
    const notebook = fresh();
    assert.equal(
      await notebook.value(
        "import { waited, here } from '../lib/waits'; waited + Number(here.endsWith('waits.ts'))",
      ),
      5,
    );
    assert.equal(await notebook.value("import { a } from '../lib/ring-a'; a()"), 2);
  });

  it('keeps a cell with imports synchronous', () => {
    const { hasTopLevelAwait, imports } = converter.convert(
      "import hello from 'esm-only'; hello()",
      fresh().declarations,
    );
    assert.deepEqual([hasTopLevelAwait, imports], [false, [{ specifier: 'esm-only' }]]);
  });

  it('takes packages: ESM alone with top-level await and exports types, CommonJS, without types, by subpath', async () => {
    const notebook = fresh();
    assert.equal(await notebook.value("import hello, { answer } from 'esm-only'; hello() + answer"), 'hi42');
    assert.equal(
      await notebook.value("import f, { part } from 'cjs'; import * as ns from 'cjs'; f() + part + ns.part"),
      17,
    );
    assert.equal(await notebook.value("import { deep } from 'sub/deep'; deep"), 9);
    const { conversion, value } = await notebook.run("import { u } from 'untyped'; u");
    assert.equal(value, 8);
    assert.deepEqual(
      conversion.diagnostics.map(({ code, category }) => [code, category]),
      [[7016, 'warning']],
    );
  });

  it('finds a package installed after it was missed', async () => {
    const notebook = fresh();
    assert.deepEqual(notebook.errors("import { late } from 'late'"), ['1:22 TS2307']);
    place.write('node_modules/late/package.json', pkg({ main: 'i.js', types: 'i.d.ts' }));
    place.write('node_modules/late/i.js', 'exports.late = 1;');
    place.write('node_modules/late/i.d.ts', 'export declare const late: number;');
    assert.equal(await notebook.value("import { late } from 'late'; late"), 1);
  });

  it('imports JSON, built-in modules, and by import()', async () => {
    const notebook = fresh();
    assert.equal(await notebook.value("import data from './data.json'; data.rows.length"), 3);
    assert.equal(
      await notebook.value("import { join, type ParsedPath } from 'node:path'; join('a', 'b')"),
      'a/b',
    );
    assert.equal(await notebook.value("const { sep } = await import('node:path'); sep"), '/');
    assert.equal(await notebook.value("require('node:path').sep"), '/');
  });

  it('erases types', async () => {
    const notebook = fresh();
    const { conversion } = await notebook.run(
      "import type { Shape } from '../lib/shape'; import { Shape as S2 } from '../lib/shape'; let s: Shape & S2 | undefined; s",
    );
    assert.deepEqual([conversion.imports, conversion.sideModules], [[], []]);
    assert.equal(await notebook.value('const t: Shape = { n: 3 }; t.n'), 3);
  });

  it('reports type errors of local modules at their place', () => {
    place.write('nb/wrong.ts', "export const ok = 1;\nexport const n: number = 'x';\n");
    assert.deepEqual(fresh().errors("import { ok } from './wrong'; ok"), ['wrong.ts:2:14 TS2322']);
  });
});
