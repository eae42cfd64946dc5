import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import ts from 'typescript';
import {
  checkNotebook,
  createConverter,
  createNodeHost,
  noDeclarations,
} from '../../../kernel/src/convert/index.js';
import { folder, type Notebook, notebookIn } from './notebook.js';

function inFolder(
  files: Record<string, string>,
  work: (notebook: Notebook, place: ReturnType<typeof folder>) => Promise<void> | void,
) {
  return async (): Promise<void> => {
    const place = folder(files);
    const notebook = notebookIn(place.path);
    try {
      await work(notebook, place);
    } finally {
      notebook.converter.close();
      place.remove();
    }
  };
}

describe('type checking', () => {
  it(
    'is strict without a tsconfig, and says line and column',
    inFolder({}, async (notebook) => {
      assert.deepEqual(notebook.errors('let n: number = null;'), ['1:5 TS2322']);
      assert.deepEqual(notebook.errors('1;\n\n  const f = (x) => x;'), ['3:14 TS7006']);
      assert.deepEqual(
        notebook.errors('const unused = 1; function f(unused: number) {} import { join } from "path";'),
        [],
      );
      assert.deepEqual(notebook.errors('console.log(fetch, URL, new TextEncoder())'), []);
      assert.deepEqual(notebook.errors("'b'.at(0); [3, 1].toSorted();"), []);
      assert.deepEqual(notebook.errors('let a = ;'), ['1:9 TS1109']);
      assert.deepEqual(notebook.errors('function f() {\n'), ['1:15 TS1005']);
      assert.equal(notebook.converter.typescriptVersion, ts.version);
    }),
  );

  it(
    'holds const across cells and checks assignments to let',
    inFolder({}, async (notebook) => {
      await notebook.value(
        "const fixed = 1; let free: number | string = 1; function f() {} class C {} import { sep } from 'node:path';",
      );
      assert.deepEqual(notebook.errors('fixed = 2;\nfree = true;\nf = 1; C = 1; sep = 1;'), [
        '1:1 TS2588',
        '2:1 TS2322',
        '3:1 TS2588',
        '3:8 TS2588',
        '3:15 TS2588',
      ]);
      assert.match(
        notebook.converter.convert('fixed = 2', notebook.declarations).diagnostics[0]!.message,
        /because it is a constant/,
      );
      assert.deepEqual(notebook.errors("free = 'x'; free.length"), []);
    }),
  );

  it(
    'keeps a type and a value of one name apart over cells',
    inFolder({}, async (notebook) => {
      await notebook.value('const User = { id: 1 };', 'type User = typeof User;');
      assert.equal(await notebook.value('const u: User = User; u.id'), 1);
      await notebook.value('type Color = "red" | "blue";', 'const Color = { red: 1 };');
      assert.equal(await notebook.value('const c: Color = "red"; Color[c as "red"]'), 1);
    }),
  );

  it(
    'remembers the type a name had when it was used',
    inFolder({}, async (notebook) => {
      await notebook.value(
        'interface P { x: number } const make = (): P => ({ x: 1 });',
        'interface P { y: string }',
      );
      assert.deepEqual(notebook.errors('make().x.toFixed(); const p: P = { y: "" };'), []);
      assert.deepEqual(notebook.errors('make().y'), ['1:8 TS2339']);
    }),
  );

  it(
    'honours tsconfig.json, also after an edit',
    inFolder(
      {
        'tsconfig.json': JSON.stringify({
          compilerOptions: {
            strict: false,
            target: 'ES2022',
            lib: ['ES2020'],
            types: [],
            paths: { '~/*': ['./src/*'] },
            noEmit: true,
            noUnusedLocals: true,
            verbatimModuleSyntax: true,
          },
        }),
        'src/x.ts': 'export const x = 5;\n',
      },
      async (notebook, place) => {
        assert.deepEqual(notebook.errors('let n: number = null; const f = (x) => x;'), []);
        assert.deepEqual(notebook.errors('[1].at(0)'), ['1:5 TS2550']);
        assert.deepEqual(notebook.errors('process'), ['1:1 TS2591']);
        assert.equal(await notebook.value("import { x } from '~/x'; x"), 5);
        place.write('tsconfig.json', JSON.stringify({ compilerOptions: { strict: true } }));
        assert.deepEqual(notebook.errors('let n: number = null;'), ['1:5 TS2322']);
      },
    ),
  );

  it(
    'checks a notebook without running it',
    inFolder({}, (notebook) => {
      const found = checkNotebook(notebook.converter, [
        "const n: number = 'x';",
        "throw new Error('never run');",
        'n.toFixed(); n.length',
        'let m = (',
        "\n  n = 'y'",
      ]);
      assert.deepEqual(
        found.map(({ cell, line, character, code }) => [cell, line, character, code]),
        [
          [0, 1, 7, 2322],
          [2, 1, 16, 2339],
          [3, 1, 10, 1109],
          [4, 2, 3, 2588],
        ],
      );
    }),
  );
});

describe('the converter', () => {
  it(
    'is a function of source and declarations',
    inFolder({}, async ({ converter }) => {
      const first = converter.convert('let a = 1;', noDeclarations);
      const kept = JSON.parse(JSON.stringify(first.declarations)) as typeof first.declarations;
      const other = converter.convert("let a = 'text';", noDeclarations);
      assert.equal(converter.convert('a', other.declarations).resultExpression?.type, 'string');
      assert.equal(converter.convert('a', kept).resultExpression?.type, 'number');
      assert.deepEqual(converter.convert('let a = 1;', noDeclarations), first);
      assert.equal(converter.convert('const e: number = "";', kept).ok, false);
    }),
  );

  it('recovers when the compiler throws', () => {
    const place = folder({});
    const host = createNodeHost(place.path);
    let broken = 0;
    const converter = createConverter({
      ...host,
      readFile: (path) => {
        if (broken > 0) throw new Error(`disk failed, ${broken--}`);
        return host.readFile(path);
      },
    });
    broken = 2;
    const [diagnostic] = converter.convert('1', noDeclarations).diagnostics;
    assert.match(diagnostic!.message, /compiler failed on this cell: disk failed/);
    assert.equal(converter.convert('1', noDeclarations).ok, true);
    converter.close();
    place.remove();
  });

  it(
    'keeps only what can still be named',
    inFolder({}, async (notebook) => {
      for (let cell = 0; cell < 40; cell += 1)
        await notebook.value(`type Row = { n: number }; const row: Row = { n: ${cell} }; let total = row.n;`);
      assert.equal(notebook.declarations.modules.length, 1);
      await notebook.value('const keeps = [row];', 'interface Row { other: 1 }', 'let row = 1;');
      assert.ok(notebook.declarations.modules.length <= 4);
      assert.equal(await notebook.value('keeps[0]!.n'), 39);
    }),
  );

  it(
    'does not slow down over many cells',
    inFolder({}, async ({ converter }) => {
      let declarations = noDeclarations;
      const cell = (index: number): number => {
        const start = process.cpuUsage();
        declarations = converter.convert(
          `const v${index} = ${index === 0 ? 1 : `v${index - 1} + 1`};`,
          declarations,
        ).declarations;
        const { user, system } = process.cpuUsage(start);
        return (user + system) / 1000;
      };
      const times = Array.from({ length: 150 }, (_, index) => cell(index));
      const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
      const early = median(times.slice(10, 40));
      const late = median(times.slice(120));
      assert.ok(
        late < 3 * early + 20,
        `cell of 150: ${late.toFixed(0)} ms, early cell: ${early.toFixed(0)} ms`,
      );
    }),
  );
});
