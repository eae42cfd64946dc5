import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestKernel, type TestKernel } from '../start-kernel.js';

let kernel: TestKernel;
before(async () => {
  kernel = await startTestKernel();
});
after(() => kernel.stop());
const run = (code: string, options?: Record<string, unknown>) => kernel.execute(code, options);

test('a cell is busy, input, outputs, result, idle, in this order', async () => {
  const cell = await run('console.log("hello"); 6 * 7');
  assert.deepEqual(cell.types, ['status', 'execute_input', 'stream', 'execute_result', 'status']);
  assert.equal(cell.published[0]!.content.execution_state, 'busy');
  assert.equal(cell.published.at(-1)!.content.execution_state, 'idle');
  assert.equal(cell.published[1]!.content.code, 'console.log("hello"); 6 * 7');
  assert.equal(cell.stdout, 'hello\n');
  assert.equal(cell.result!.data['text/plain'], '42');
  assert.equal(cell.result!.execution_count, cell.reply.execution_count);
  assert.equal(cell.reply.status, 'ok');
});

test('undefined shows nothing, null and numbers show plainly', async () => {
  assert.equal((await run('undefined')).result, undefined);
  assert.equal((await run('const nothing = 1')).result, undefined);
  assert.equal((await run('null')).result!.data['text/plain'], 'null');
  assert.equal((await run('0.5')).result!.data['text/plain'], '0.5');
});

test('streams: console and process, stdout and stderr, all before idle', async () => {
  const cell = await run(
    'for (let i = 0; i < 3000; i++) console.log(i); process.stdout.write("a"); process.stderr.write("b"); console.error("c")',
  );
  assert.equal(cell.stdout, `${[...Array(3000).keys()].join('\n')}\na`);
  assert.equal(cell.stderr, 'bc\n');
  const streams = cell.types.filter((type) => type === 'stream').length;
  assert.ok(streams < 300, `3000 writes in ${streams} messages`);
});

test('output of a busy cell is seen while it computes', async () => {
  const seen: number[] = [];
  const start = Date.now();
  await kernel.client.request(
    'shell',
    'execute_request',
    { code: 'console.log("first"); { const end = Date.now() + 700; while (Date.now() < end); }' },
    { onMessage: (_, { header }) => header.msg_type === 'stream' && seen.push(Date.now() - start) },
  );
  assert.equal(seen.length, 1);
  assert.ok(Date.now() - start - seen[0]! > 500, 'the line came only when the cell was done');
});

test('display, its update, a bundle through the host contract, clear_output', async () => {
  const shown = await run(`
    display({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>', 'text/plain': 'x' }) }, { id: 'one' });
    console.log('between');
    display('new', { id: 'one', update: true });
    clearOutput({ wait: true });
    (globalThis as any)[Symbol.for('heed.host')].display({ 'text/plain': 'by host' }, { id: 'two', metadata: { a: 1 } });
  `);
  const content = (type: string) =>
    shown.published.find(({ header }) => header.msg_type === type)!.content as Record<string, unknown>;
  assert.deepEqual(shown.types.slice(2, -1), [
    'display_data',
    'stream',
    'update_display_data',
    'clear_output',
    'display_data',
  ]);
  assert.deepEqual(shown.displays[0]!.data, { 'text/html': '<b>x</b>', 'text/plain': 'x' });
  assert.deepEqual(shown.displays[0]!.transient, { display_id: 'one' });
  assert.deepEqual(content('update_display_data').transient, { display_id: 'one' });
  assert.deepEqual(content('clear_output'), { wait: true });
  assert.equal(shown.displays[1]!.data['text/plain'], 'by host');
  assert.equal(shown.displays[1]!.metadata.a, 1);
});

test('a throwing cell: error output and reply say the same, with places in the TypeScript source', async () => {
  const cell = await run(
    'interface Long { a: number }\nfunction thrower(x: Long): never {\n  throw new RangeError("bad " + x.a);\n}\n\nthrower({ a: 3 })',
  );
  const count = cell.reply.execution_count;
  assert.equal(cell.reply.status, 'error');
  assert.equal(cell.error!.ename, 'RangeError');
  assert.equal(cell.error!.evalue, 'bad 3');
  const [head, inner, outer, ...more] = cell.error!.traceback;
  assert.deepEqual([head, inner], ['RangeError: bad 3', `    at thrower (cell ${count}:3:9)`]);
  // A call stands where its name or its bracket does.
  assert.match(outer, new RegExp(`^    at cell ${count}:6:[18]$`));
  assert.deepEqual(more, []);
  for (const field of ['ename', 'evalue', 'traceback'])
    assert.deepEqual(cell.reply[field], cell.error![field]);
  assert.equal(cell.stderr, '');
});

test('an asynchronous throw and a thrown value that is no error', async () => {
  const cell = await run('await null;\nawait (async () => {\n  throw new TypeError("later");\n})();');
  assert.equal(cell.error!.ename, 'TypeError');
  assert.match(cell.error!.traceback[1], /cell \d+:3:9/);
  assert.equal((await run('throw "a word"')).error!.evalue, 'a word');
});

test('causes and machine paths', async () => {
  const cell = await run('throw new Error("outer", { cause: new TypeError("inner") })');
  assert.ok(cell.error!.traceback.some((line: string) => line === 'Caused by TypeError: inner'));
  const missing = await run('require("no-such-package")');
  assert.equal(missing.error!.evalue, "Cannot find module 'no-such-package'");
  assert.ok(!JSON.stringify(missing.reply).includes(kernel.folder), 'the folder of the notebook is told');
});

test('type errors and syntax errors name the place, show the line, and nothing is run', async () => {
  const typed = await run('console.log("not run");\nconst word: number = "a";');
  const at = `cell ${typed.reply.execution_count}`;
  assert.equal(typed.error!.ename, 'TypeScriptError');
  assert.equal(typed.error!.evalue, `${at}:2:7 - TS2322: Type 'string' is not assignable to type 'number'.`);
  assert.deepEqual(typed.error!.traceback.slice(2), ['    const word: number = "a";', '          ^^^^']);
  assert.equal(typed.stdout, '');
  const syntax = await run('let a = ;');
  assert.equal(syntax.error!.ename, 'SyntaxError');
  assert.match(syntax.error!.evalue, /:1:9 - TS1109/);
});

test('names assigned before a throw are kept, imports too; those not reached keep their earlier meaning', async () => {
  await run('let kept = "old"; let unreached = "old"');
  await run(
    'import * as os from "node:os"; let kept = 1; throw new Error("x"); let unreached = 2; let nowhere = 3',
  );
  assert.equal(
    (await run('[kept + 1, unreached.length, os.EOL.length > 0]')).result!.data['text/plain'],
    '[ 2, 3, true ]',
  );
  assert.match((await run('nowhere')).error!.evalue, /Cannot find name 'nowhere'/);
});

test('top-level await in every form; later cells assign and shorten names of earlier ones', async () => {
  assert.equal((await run('await (async () => 3)()')).result!.data['text/plain'], '3');
  assert.equal((await run('for await (const i of [1, 2]) console.log(i)')).stdout, '1\n2\n');
  assert.equal((await run('const first = await Promise.resolve(4); first')).result!.data['text/plain'], '4');
  await run('let counter = 1; function next(): number { return 10 }');
  await run('counter += next(); counter++');
  assert.equal(
    (await run('const both = { counter, next: next() }; both')).result!.data['text/plain'],
    '{ counter: 12, next: 10 }',
  );
});

test('silent, store_history and user_expressions', async () => {
  const before = (await run('1')).reply.execution_count;
  const silent = await run('console.log("x"); 5', { silent: true });
  assert.deepEqual(silent.types, ['status', 'status']);
  assert.equal(silent.reply.execution_count, before);
  assert.equal((await run('2', { store_history: false })).reply.execution_count, before);
  const asked = await run('const seven = 7', { user_expressions: { good: 'seven + 1', bad: 'nosuchname' } });
  assert.equal(asked.reply.execution_count, before + 1);
  assert.equal(asked.reply.user_expressions.good.data['text/plain'], '8');
  assert.equal(asked.reply.user_expressions.bad.status, 'error');
});

test('after an error the queued requests are answered aborted, or run if the client wants that', async () => {
  const queue = async (stop_on_error: boolean) => {
    const request = (code: string) =>
      kernel.client.request('shell', 'execute_request', { code, stop_on_error });
    const all = await Promise.all([
      request('await null; throw new Error("stop")'),
      request('1'),
      request('2'),
    ]);
    for (const { reply } of all)
      assert.equal('execution_count' in reply.content, reply.content.status !== 'aborted');
    return all.map(({ reply }) => reply.content.status);
  };
  assert.deepEqual(await queue(true), ['error', 'aborted', 'aborted']);
  assert.equal((await run('3')).reply.status, 'ok');
  assert.deepEqual(await queue(false), ['error', 'ok', 'ok']);
});

test('late output and late errors go to the cell that started them', async () => {
  const late: { type: string; parent: string; text: string }[] = [];
  const remove = kernel.client.listen((channel, { header, parent_header, content }) => {
    if (channel !== 'iopub' || !['stream', 'error'].includes(header.msg_type)) return;
    late.push({
      type: header.msg_type,
      parent: (parent_header as { msg_id: string }).msg_id,
      text: String(content.text ?? content.evalue),
    });
  });
  const first = await run(`
    setTimeout(() => console.log('late text'), 150);
    setTimeout(() => { throw new Error('late throw') }, 160);
    (async () => { await new Promise((r) => setTimeout(r, 170)); throw new Error('late rejection') })();
  `);
  assert.equal(first.reply.status, 'ok');
  await run('await new Promise((resolve) => setTimeout(resolve, 300)); console.log("second")');
  remove();
  const parent = (first.published[0]!.parent_header as { msg_id: string }).msg_id;
  const mine = late.filter((message) => message.parent === parent).map(({ type, text }) => [type, text]);
  assert.deepEqual(mine, [
    ['stream', 'late text\n'],
    ['error', 'late throw'],
    ['error', 'late rejection'],
  ]);
  assert.deepEqual(
    late.filter((message) => message.parent !== parent).map(({ text }) => text),
    ['second\n'],
  );
});

test('a promise that nobody awaits fails its cell', async () => {
  const cell = await run('Promise.reject(new RangeError("nobody")); 7');
  assert.equal(cell.reply.status, 'error');
  assert.equal(cell.error!.evalue, 'nobody');
});

test('the first import of a kernel brings no warning of Node into the cell; a warning of the cell itself is shown', async (t) => {
  const fresh = await startTestKernel();
  t.after(() => fresh.stop());
  const imported = await fresh.execute("import { sep } from 'node:path'; sep.length");
  assert.equal(imported.result!.data['text/plain'], '1');
  assert.equal(imported.stderr, '');
  const warned = await fresh.execute(
    'process.emitWarning("mind this"); await new Promise((done) => setTimeout(done, 50))',
  );
  assert.match(warned.stderr, /mind this/);
});
