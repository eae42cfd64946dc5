import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type { Examined, Ran } from './conformance.js';

const of = ({ published }: Ran, type: string) => published.filter(({ header }) => header.msg_type === type);
const text = (ran: Ran, name: 'stdout' | 'stderr' = 'stdout') =>
  of(ran, 'stream')
    .filter(({ content }) => content.name === name)
    .map(({ content }) => content.text)
    .join('');
/** What a cell shows of its last value, by whatever message; Deno colours it. */
const shown = (ran: Ran) =>
  stripVTControlCharacters(
    `${text(ran)}${of(ran, 'execute_result')
      .map(({ content }) => (content.data as Record<string, string>)['text/plain'])
      .join('')}`,
  ).trim();
const hasError = (ran: Ran) =>
  ran.reply.status === 'error' &&
  typeof ran.reply.ename === 'string' &&
  Array.isArray(ran.reply.traceback) &&
  of(ran, 'error').length === 1;
const gone = async ({ child }: Examined, milliseconds: number) => {
  for (let waited = 0; waited < milliseconds; waited += 50) {
    if (child.exitCode !== null || child.signalCode !== null) return true;
    await sleep(50);
  }
  return false;
};

/** Each check gets a fresh kernel and says whether that does the thing. */
export const checks: Record<string, (kernel: Examined) => Promise<boolean>> = {
  'kernel_info_reply has status and the version of TypeScript': async (kernel) => {
    const { reply } = await kernel.ask('shell', 'kernel_info_request');
    return reply.status === 'ok' && /^[5-9]\.\d+\.\d+/.test(reply.language_info.version);
  },
  'execute_input is published': async (kernel) => of(await kernel.run('1'), 'execute_input').length === 1,
  'the last value is an execute_result': async (kernel) =>
    of(await kernel.run('6 * 7'), 'execute_result')[0]?.content.execution_count !== undefined,
  'a throw: error message and full reply': async (kernel) =>
    hasError(await kernel.run("throw new RangeError('x')")),
  'a type error: error message and full reply': async (kernel) =>
    hasError(await kernel.run("const n: number = 'a';")),
  'a rejected promise that nobody awaits fails its cell': async (kernel) =>
    hasError(await kernel.run("Promise.reject(new Error('x')); 1")),
  'a stack names the line of the cell': async (kernel) => {
    const ran = await kernel.run("\n\nthrow new Error('x')");
    return /:3:\d+/.test(`${JSON.stringify(ran.reply)}${text(ran, 'stderr')}`);
  },
  'a stack holds no machine path': async (kernel) => {
    const ran = await kernel.run("throw new Error('x')");
    return !/at .*[( ](file:\/\/)?\/.*node_modules/.test(
      `${JSON.stringify(ran.reply)}${text(ran, 'stderr')}`,
    );
  },
  'stop_on_error false runs the next cells': async (kernel) => {
    const [, second] = await Promise.all([kernel.run("throw new Error('x')"), kernel.run('1 + 1')]);
    return second!.reply.status === 'ok' && shown(second!) === '2';
  },
  'stop_on_error true answers them aborted': async (kernel) => {
    const options = { stop_on_error: true };
    const both = [kernel.run("await null; throw new Error('x')", options), kernel.run('1', options)];
    return (await Promise.all(both))[1]!.reply.status === 'aborted';
  },
  'silent publishes nothing and does not count': async (kernel) => {
    const { reply: before } = await kernel.run('1');
    const silent = await kernel.run('console.log(1); 2', { silent: true });
    const { reply: after } = await kernel.run('1');
    return (
      silent.published.every(({ header }) => header.msg_type === 'status') &&
      after.execution_count === before.execution_count + 1
    );
  },
  user_expressions: async (kernel) =>
    (await kernel.run('const a = 7', { user_expressions: { b: 'a + 1' } })).reply.user_expressions?.b?.data?.[
      'text/plain'
    ] === '8',
  'history: tail': async (kernel) => {
    await kernel.run("'seen'");
    const content = { hist_access_type: 'tail', n: 1, raw: true, output: false };
    return (await kernel.ask('shell', 'history_request', content)).reply.history?.[0]?.[2] === "'seen'";
  },
  'is_complete: complete, incomplete, invalid': async (kernel) => {
    const status = async (code: string) =>
      (await kernel.ask('shell', 'is_complete_request', { code })).reply.status;
    return (
      (await status('1')) === 'complete' &&
      (await status('f(')) === 'incomplete' &&
      (await status('a = ;')) === 'invalid'
    );
  },
  'completion of a name of an earlier cell, while a cell awaits': async (kernel) => {
    await kernel.run('const increment = 1;');
    const pending = kernel.run('await new Promise((r) => setTimeout(r, 1500))');
    await sleep(200);
    const { reply } = await kernel.ask('shell', 'complete_request', { code: 'incre', cursor_pos: 5 });
    await pending;
    return reply.matches?.includes('increment') === true;
  },
  inspection: async (kernel) =>
    (await kernel.ask('shell', 'inspect_request', { code: 'Math.floor', cursor_pos: 7, detail_level: 0 }))
      .reply.found === true,
  comm_info_reply: async (kernel) =>
    (await kernel.ask('shell', 'comm_info_request')).header.msg_type === 'comm_info_reply',
  'prompt asks by input_request': async (kernel) => {
    const remove = kernel.client.listen((channel, message) => {
      if (channel !== 'stdin') return;
      void kernel.client.send('stdin', 'input_reply', { value: 'Anne' }, { parent: message.header });
    });
    const ran = await kernel.run("prompt('Name')", { allow_stdin: true });
    remove();
    return shown(ran).includes('Anne');
  },
  'prompt is refused where nobody answers': async (kernel) =>
    (await kernel.run("(globalThis as any).prompt('Name')", { allow_stdin: false })).reply.ename ===
    'InputRefused',
  'interrupt_request stops a synchronous loop': async (kernel) =>
    (await kernel.interrupt('while (true);')).milliseconds < 1500,
  'interrupt_request stops synchronous work after an await': async (kernel) =>
    (await kernel.interrupt('await null; while (true);')).milliseconds < 1500,
  'interrupt_request stops a sleeping loop for good': async (kernel) => {
    await kernel.run('let ticks = 0;');
    await kernel.interrupt(
      'for (;;) { await new Promise((r) => setTimeout(r, 10)); ticks++; console.log(ticks) }',
    );
    const first = shown(await kernel.run('ticks'));
    await sleep(300);
    return first !== '' && shown(await kernel.run('ticks')) === first;
  },
  'names are kept after an interrupt': async (kernel) => {
    await kernel.run('let kept = 1;');
    await kernel.interrupt('kept = 2; await null; while (true);');
    return shown(await kernel.run('kept')) === '2';
  },
  'the heartbeat answers while a cell computes': async (kernel) => {
    const running = kernel.run('{ const end = Date.now() + 1500; while (Date.now() < end); }');
    await sleep(300);
    const beat = await kernel.client.heartbeat(1000);
    await running;
    return beat < 500;
  },
  'names assigned before a throw are kept': async (kernel) => {
    await kernel.run("let before = 1; throw new Error('x'); let after = 2;");
    return shown(await kernel.run('before')) === '1';
  },
  'a redefined function is seen by an earlier one': async (kernel) => {
    await kernel.run('function inner() { return 1 }\nfunction outer() { return inner() }');
    await kernel.run('function inner() { return 2 }');
    return shown(await kernel.run('outer()')) === '2';
  },
  'a closure and later cells share a variable': async (kernel) => {
    await kernel.run('let count = 0; const more = () => { count++ };');
    return shown(await kernel.run('count = 100; more(); count')) === '101';
  },
  'top-level await of an expression in brackets': async (kernel) =>
    shown(await kernel.run('await (async () => 3)()')) === '3',
  'top-level for await': async (kernel) =>
    text(await kernel.run('for await (const i of [1]) console.log(i)')) === '1\n',
  'export in a cell': async (kernel) => shown(await kernel.run('export const e = 5; e')) === '5',
  'strict types': async (kernel) => (await kernel.run('let n: number = null;')).reply.status === 'error',
  "a project's tsconfig is honoured": async (kernel) => {
    kernel.write('tsconfig.json', '{ "compilerOptions": { "strict": false } }');
    return (await kernel.run('let n: number = null; 1')).reply.status === 'ok';
  },
  'local TypeScript from outside the folder': async (kernel) => {
    kernel.write('../shared/up.ts', 'export const up: number = 3;\n');
    return shown(await kernel.run("import { up } from '../shared/up'; up")) === '3';
  },
  'an edited local module is seen at the next import': async (kernel) => {
    kernel.write('local.ts', 'export const a = 1;\n');
    await kernel.run("import { a } from './local'; a");
    kernel.write('local.ts', 'export const a = 22;\n');
    await sleep(500);
    return shown(await kernel.run("import { a } from './local'; a")) === '22';
  },
  'late output goes to the cell that started it': async (kernel) => {
    let parent: unknown;
    const remove = kernel.client.listen((_, { header, parent_header, content }) => {
      if (header.msg_type === 'stream' && content.text === 'late\n')
        parent = (parent_header as { msg_id?: string }).msg_id;
    });
    const first = await kernel.run("setTimeout(() => console.log('late'), 900)");
    await kernel.run('1');
    await sleep(900);
    remove();
    return (
      parent !== undefined && parent === (first.published[0]?.parent_header as { msg_id?: string })?.msg_id
    );
  },
  'shutdown ends it in spite of an open timer': async (kernel) => {
    await kernel.run('setInterval(() => {}, 100);');
    await kernel.client.send('control', 'shutdown_request', { restart: false });
    return gone(kernel, 3000);
  },
  'shutdown echoes restart': async (kernel) =>
    (await kernel.ask('control', 'shutdown_request', { restart: true })).reply.restart === true,
};
