import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMessage, encode } from '../../../kernel/src/wire/index.js';
import { startTestKernel, type TestKernel } from '../start-kernel.js';

let kernel: TestKernel;
before(async () => {
  kernel = await startTestKernel();
});
after(() => kernel.stop());
const ask = async (type: string, content: Record<string, unknown> = {}) =>
  (await kernel.client.request('shell', type, content)).reply;

test('kernel_info says all that the protocol asks for', async () => {
  const { header, content } = await ask('kernel_info_request');
  assert.equal(header.msg_type, 'kernel_info_reply');
  assert.equal(header.version, '5.4');
  assert.equal(content.status, 'ok');
  assert.equal(content.protocol_version, '5.4');
  assert.equal(content.implementation, 'heed');
  const language = content.language_info as Record<string, unknown>;
  assert.equal(language.name, 'typescript');
  assert.match(String(language.version), /^\d+\.\d+\.\d+/);
  for (const field of [
    'mimetype',
    'file_extension',
    'pygments_lexer',
    'nbconvert_exporter',
    'codemirror_mode',
  ]) {
    assert.equal(typeof language[field], 'string', field);
  }
  assert.ok(Array.isArray(content.help_links) && Array.isArray(content.supported_features) && content.banner);
});

test('is_complete knows complete, incomplete with indent, and invalid', async () => {
  const status = async (code: string) => (await ask('is_complete_request', { code })).content;
  for (const code of ['1 + 1', 'const a = [1, 2]\n', 'await f()', '']) {
    assert.equal((await status(code)).status, 'complete', code);
  }
  for (const code of ['f(', 'const a =', '/* open', '`open', 'if (a) {\n  b', 'class A {']) {
    assert.equal((await status(code)).status, 'incomplete', code);
  }
  assert.equal((await status('function f() {')).indent, '  ');
  for (const code of ['let a = ;', 'foo(])', '}', 'let n: = 3']) {
    assert.equal((await status(code)).status, 'invalid', code);
  }
});

test('complete and inspect know names of earlier cells, count characters, and answer while a cell awaits', async () => {
  await kernel.execute('/** Adds one. */ function increment(value: number): number { return value + 1 }');
  const pending = kernel.execute('await new Promise((resolve) => setTimeout(resolve, 600)); 1');
  await sleep(150);
  // The heart is one character, and two units of UTF-16.
  const code = "const h = '\u{1F49A}'; incre";
  const position = [...code].length;
  const { content } = await ask('complete_request', { code, cursor_pos: position });
  assert.deepEqual(content.matches, ['increment']);
  assert.equal(content.cursor_start, position - 5);
  assert.equal(content.cursor_end, position);
  const found = (await ask('inspect_request', { code: 'increment(2)', cursor_pos: 3, detail_level: 0 }))
    .content;
  assert.equal(found.found, true);
  assert.match(
    (found.data as Record<string, string>)['text/plain']!,
    /increment\(value: number\): number[\s\S]*Adds one/,
  );
  const nothing = (await ask('inspect_request', { code: '   ', cursor_pos: 1 })).content;
  assert.deepEqual([nothing.status, nothing.found], ['ok', false]);
  assert.equal((await pending).reply.status, 'ok');
});

test('history: tail, range with outputs, search', async () => {
  const line = (await kernel.execute("'marked'.length")).reply.execution_count;
  await kernel.execute('1 + 1', { store_history: false });
  await kernel.execute("'marked'.length");
  const history = async (content: Record<string, unknown>) =>
    (await ask('history_request', { raw: true, output: false, ...content })).content.history as unknown[][];
  assert.deepEqual((await history({ hist_access_type: 'tail', n: 1 }))[0]!.slice(1), [
    line + 1,
    "'marked'.length",
  ]);
  const range = await history({
    hist_access_type: 'range',
    session: 0,
    start: line,
    stop: line + 1,
    output: true,
  });
  assert.deepEqual(range[0]!.slice(1), [line, ["'marked'.length", '6']]);
  assert.equal((await history({ hist_access_type: 'search', pattern: '*marked*', n: 10 })).length, 2);
  assert.equal(
    (await history({ hist_access_type: 'search', pattern: '*marked*', n: 10, unique: true })).length,
    1,
  );
});

test('comm_info is empty', async () => {
  const { header, content } = await ask('comm_info_request', {});
  assert.equal(header.msg_type, 'comm_info_reply');
  assert.deepEqual(content, { status: 'ok', comms: {} });
});

test('an unknown message is ignored with a line in the log', async () => {
  await kernel.client.send('shell', 'no_such_request', {});
  assert.equal((await ask('comm_info_request')).content.status, 'ok');
  assert.match(kernel.log(), /unknown type "no_such_request"/);
});

test('a message with a wrong signature is dropped and counted', async () => {
  const { client, connection } = kernel;
  const content = { code: 'console.log("forged")' };
  const message = createMessage('execute_request', { session: client.session, content });
  await client.sendRaw('shell', encode(message, 'another key'));
  await client.sendRaw('control', encode(message, ''));
  await client.sendRaw('shell', ['<IDS|MSG>', 'x']);
  const heard: string[] = [];
  const remove = client.listen((_, { parent_header }) =>
    heard.push((parent_header as { msg_id: string }).msg_id),
  );
  await ask('comm_info_request');
  await sleep(50);
  remove();
  assert.ok(!heard.includes(message.header.msg_id), 'the forged message was answered');
  assert.match(kernel.log(), /dropped a message \(1 so far\): .*wrong signature/);
  assert.match(kernel.log(), /\(3 so far\)/);
  await client.sendRaw('shell', encode(message, connection.key));
});

test('who subscribes is welcomed', async () => {
  const { KernelClient } = await import('../../../kernel/src/wire/index.js');
  const client = KernelClient.connect(kernel.connection);
  // What the kernel publishes for others may come first.
  const welcome = await new Promise<unknown>((resolve, reject) => {
    client.listen(
      (_, { header, content }) => header.msg_type === 'iopub_welcome' && resolve(content.subscription),
    );
    setTimeout(() => reject(new Error('no iopub_welcome within 5 s')), 5000).unref();
  });
  client.close();
  assert.equal(welcome, '');
});

test('local TypeScript is imported, mapped in stacks, and seen again after an edit', async () => {
  const file = join(kernel.folder, 'local.ts');
  await writeFile(
    file,
    'export interface A { a: number }\nexport function fail(x: A): never {\n  throw new Error("local " + x.a);\n}\n',
  );
  const first = await kernel.execute("import { fail } from './local';\nfail({ a: 1 })");
  const count = first.reply.execution_count;
  assert.equal(first.error?.evalue, 'local 1');
  const [, inner, outer] = first.error!.traceback;
  assert.equal(inner, '    at fail (local.ts:3:9)');
  assert.match(outer, new RegExp(`^    at cell ${count}:2:\\d+$`));
  await writeFile(file, 'export const fail = (_: { a: number }) => "edited";\n');
  let text = '';
  // The file is watched; a change is seen after some hundred milliseconds.
  for (let i = 0; i < 20 && text !== "'edited'"; i++) {
    await sleep(200);
    text = (await kernel.execute("import { fail } from './local';\nfail({ a: 1 })")).result?.data[
      'text/plain'
    ];
  }
  assert.equal(text, "'edited'");
});

test('notices of the numeric engine are not on stderr of the cell', async () => {
  const cell = await kernel.execute(
    'console.warn("\\n====\\nHi, looks like you are running TensorFlow.js in Node.js. To speed things up"); console.warn("mine")',
  );
  assert.equal(cell.stderr, 'mine\n');
  assert.equal(cell.stdout, '');
});
