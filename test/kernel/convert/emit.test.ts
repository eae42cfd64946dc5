import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { createConverter, createNodeHost, readableMessage } from '../../../kernel/src/convert/index.js';
import { folder, Notebook } from './notebook.js';

const place = folder({});
const converter = createConverter(createNodeHost(place.path));
let notebook: Notebook;

describe('a converted cell', () => {
  beforeEach(() => {
    notebook = new Notebook(converter, place.path);
  });
  after(() => {
    converter.close();
    place.remove();
  });

  it('awaits at top level in every form', async () => {
    assert.equal(await notebook.value('await (async () => 3)()'), 3);
    assert.equal(
      await notebook.value('const a = await Promise.resolve(1) + await (Promise.resolve(2)); a'),
      3,
    );
    assert.deepEqual(
      await notebook.value(
        'const seen: number[] = []; for await (const x of [1, Promise.resolve(2)]) seen.push(x); seen',
      ),
      [1, 2],
    );
    assert.equal(await notebook.value('if (a > 0) { await null; } [await 5][0]'), 5);
  });

  it('is an async function only when it awaits', () => {
    const isAsync = (source: string): boolean =>
      notebook.converter.convert(source, notebook.declarations).hasTopLevelAwait;
    assert.equal(
      isAsync(
        'async function f() { await 1; } const g = async () => await 2; class C { async m() { await 3; } }',
      ),
      false,
    );
    assert.equal(isAsync('class C extends (await Promise.resolve(Object)) {}'), true);
    assert.equal(isAsync('{ await using x = { async [Symbol.asyncDispose]() {} }; }'), true);
  });

  it('does not await a promise that is its value', async () => {
    const { value } = await notebook.run('await 1; Promise.resolve(2)');
    assert.ok(value instanceof Promise);
  });

  it('lets earlier closures see assignments and redefinitions of later cells', async () => {
    await notebook.value(
      'let cnt = 0; const inc = () => { cnt++; }; function h() { return hh(); } function hh() { return 5; }',
    );
    assert.equal(await notebook.value('cnt = 100; inc(); cnt'), 101);
    assert.equal(await notebook.value('function hh() { return 6; }', 'h()'), 6);
    assert.equal(await notebook.value('let cnt = 7;', 'inc(); cnt'), 8);
    assert.equal(await notebook.value('[cnt, ] = [40]; ({ cnt } = { cnt: cnt + 1 }); inc(); cnt'), 42);
  });

  it('lets a later cell redeclare any name with another type and kind', async () => {
    await notebook.value(
      'let x = 1; class C { a = 1 } type T = number; function f(): number { return 1; } enum E { A }',
    );
    assert.equal(
      await notebook.value(
        "const x = 'text'; class C { b = 2 } type T = string; const f: T = x; enum E { B = 9 }",
        'f.length + new C().b + E.B',
      ),
      15,
    );
    assert.deepEqual(notebook.errors('new C().a'), ['1:9 TS2339']);
  });

  it('keeps what a throwing cell assigned, and the old value of what it did not', async () => {
    await notebook.value('const kept = 1; const old = 10;');
    const { error } = await notebook.run(
      "const first = 2; let n = 0; n = 3; const second: string = (() => { throw new Error('boom'); })(); const old = 'new'; const third = 1;",
    );
    assert.equal((error as Error).message, 'boom');
    assert.deepEqual(await notebook.value('[kept, first, n, old.toFixed(1)]'), [1, 2, 3, '10.0']);
    assert.deepEqual(notebook.errors('second; third'), ['1:1 TS2304', '1:9 TS2304']);
  });

  it('keeps destructured, defaulted and var names, also from inside statements', async () => {
    await notebook.value(
      'const { a, b: [c = () => 1, ...rest] } = { a: 1, b: [undefined, 2, 3] as [(() => number) | undefined, number, number] };',
    );
    assert.deepEqual(await notebook.value('[a, c(), rest, c.name]'), [1, 1, [2, 3], 'c']);
    await notebook.value(
      'for (var i = 0; i < 5; i++) { var { doubled = 0, ...others } = { doubled: i * 2, extra: i }; } for (var key in { k: 1 }) {}',
    );
    assert.deepEqual(notebook.errors('i.length; key.length'), ['1:3 TS2339']);
    assert.deepEqual(await notebook.value('[i, doubled, others, key]'), [5, 8, { extra: 4 }, 'k']);
    await notebook.value('for (let j = 0; j < 2; j++) {}');
    assert.deepEqual(notebook.errors('j'), ['1:1 TS2304']);
  });

  it('names functions and classes as their author did', async () => {
    await notebook.value(
      'const f = () => {}; let g = function () {}; class K {} const L = class {}; let later = () => 1;',
    );
    assert.deepEqual(await notebook.value('[f.name, g.name, K.name, L.name]'), ['f', 'g', 'K', 'L']);
    assert.equal(await notebook.value('later = () => 2; later.name'), 'later');
  });

  it('hoists functions and reports a use before assignment as JavaScript does', async () => {
    assert.equal(
      await notebook.value(
        'const two = up(2); function up(n: number): number { return n <= 0 ? 0 : 1 + up(n - 1); }',
        'two',
      ),
      2,
    );
    const { error } = await notebook.run('function early() { return late; } early(); let late = 1;');
    assert.equal((error as Error).message, "Cannot access 'late' before initialization");
  });

  it('compiles enums, namespaces, decorators, using and private members', async () => {
    await notebook.value(
      'enum E { X, Y = 4 } const enum K { P = 7 } namespace N { export const q = E.Y; export function twice() { return q * 2; } }',
    );
    assert.deepEqual(await notebook.value('[E[4], K.P, N.q, N.twice()]'), ['Y', 7, 4, 8]);
    await notebook.value(
      'const log: string[] = []; function traced(m: (this: D) => number, c: ClassMethodDecoratorContext) { return function (this: D) { log.push(String(c.name)); return m.call(this); }; } class D { #p = 3; @traced get3() { return this.#p; } static of() { return new D(); } }',
    );
    assert.deepEqual(await notebook.value('D.of().get3(); log'), ['get3']);
    assert.deepEqual(
      await notebook.value(
        "{ using a = { [Symbol.dispose]() { log.push('a'); } }; await using b = { async [Symbol.asyncDispose]() { log.push('b'); } }; }",
        'log',
      ),
      ['get3', 'b', 'a'],
    );
    assert.deepEqual(
      await notebook.value(
        "using top = { n: 5, [Symbol.dispose]() { log.push('top'); } }; const seenTop = top.n; function later2() { return seenTop; }",
        '[later2(), log.at(-1)]',
      ),
      [5, 'top'],
    );
    assert.equal(await notebook.value('import A = N.q; A satisfies number'), 4);
  });

  it('drops export and keeps what it stood before', async () => {
    assert.equal(
      await notebook.value(
        'export const x = 1; export function f() { return x; } export class C {} export { x as y }; export default f;',
        'f() + x',
      ),
      2,
    );
    assert.equal(await notebook.value('export default 1 + 1'), 2);
  });

  it('calls shared functions without a receiver and leaves shadowing names alone', async () => {
    await notebook.value(
      'function self(this: unknown) { return this; } const tag = (parts: TemplateStringsArray) => parts[0]; let n = 1;',
    );
    assert.equal(await notebook.value('self()'), undefined);
    assert.equal(await notebook.value('tag`raw`'), 'raw');
    assert.deepEqual(
      await notebook.value(
        'const shadow = (n: number) => ({ n }); { let n = 5; n++; } const o = { n, m: n, inner: { n: 2 } }; [shadow(3).n, o.n, o.inner.n]',
      ),
      [3, 1, 2],
    );
    assert.equal(await notebook.value('let $ = 1; let $$ = 2; let $$n = 3; $ + $$ + $$n + n'), 7);
  });

  it('leaves names that the whole program knows to others', async () => {
    assert.equal(
      await notebook.value(
        "const process = 'p'; const window = 3; const name = 'n'; let Map = 5;",
        'process + window + name + Map',
      ),
      'p3n5',
    );
    assert.equal(typeof globalThis.process, 'object');
    assert.equal('window' in globalThis, false);
  });

  it('maps lines and columns back to the cell', async () => {
    const source =
      "const a: number = 1;\n\ninterface Gone { x: 1 }\nfunction fail(): never {\n  throw new Error('here');\n}\nfail();";
    const { conversion, error } = await notebook.run(source);
    const frame = /cell\.ts:(\d+):(\d+)/.exec((error as Error).stack ?? '')!;
    const found = originalPositionFor(new TraceMap(conversion.map), {
      line: Number(frame[1]),
      column: Number(frame[2]) - 1,
    });
    assert.deepEqual([found.line, found.column], [5, 8]);
  });

  it('quotes names in messages as they were written', async () => {
    await notebook.value('let nothing: any = 3;');
    const { error } = await notebook.run('nothing()');
    assert.equal(readableMessage((error as Error).message), 'nothing is not a function');
  });

  it('says what the last expression is', () => {
    const { resultExpression } = notebook.converter.convert(
      'const a = 1;\n[a, 2] // pair',
      notebook.declarations,
    );
    assert.deepEqual(resultExpression, { start: 13, length: 6, type: 'number[]' });
    assert.equal(
      notebook.converter.convert('const a = 1', notebook.declarations).resultExpression,
      undefined,
    );
  });
});
