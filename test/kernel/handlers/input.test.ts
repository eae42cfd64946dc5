import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '../../../kernel/src/wire/index.js';
import { installKernelPackage, sorted, startTestKernel, type TestKernel } from '../start-kernel.js';

let kernel: TestKernel;
before(async () => {
  kernel = await startTestKernel();
  await installKernelPackage(kernel.folder);
});
after(() => kernel.stop());

/** Runs a cell and answers its questions in turn; gives what was asked, too. */
async function converse(code: string, answers: string[]) {
  const asked: Message[] = [];
  const left = [...answers];
  const exchange = await kernel.client.request(
    'shell',
    'execute_request',
    { code, allow_stdin: true },
    {
      timeout: 20_000,
      onMessage: (channel, message) => {
        if (channel !== 'stdin') return;
        asked.push(message);
        const value = left.shift();
        if (value === undefined) return;
        void kernel.client.send('stdin', 'input_reply', { status: 'ok', value }, { parent: message.header });
      },
    },
  );
  return { cell: sorted(exchange), asked };
}

test('prompt and confirm block until the answer comes', async () => {
  const { cell, asked } = await converse(
    "const name = prompt('Name?'); const sure = confirm('Sure?'); const no = confirm('And now?'); [name, sure, no]",
    ['Änne', 'y', ''],
  );
  assert.equal(cell.result!.data['text/plain'], "[ 'Änne', true, false ]");
  assert.deepEqual(
    asked.map(({ header, content }) => [header.msg_type, content.prompt, content.password]),
    [
      ['input_request', 'Name? ', false],
      ['input_request', 'Sure? [y/N] ', false],
      ['input_request', 'And now? [y/N] ', false],
    ],
  );
});

test('an empty answer gives the initial value; a password is asked for as one', async () => {
  const { cell, asked } = await converse(
    "import { promptPassword } from 'heed-kernel';\n[prompt('City', 'Bern'), promptPassword('Key: ')]",
    ['', 'secret'],
  );
  assert.equal(cell.result!.data['text/plain'], "[ 'Bern', 'secret' ]", cell.error?.traceback.join('\n'));
  assert.deepEqual(
    asked.map(({ content }) => content),
    [
      { prompt: 'City [Bern] ', password: false },
      { prompt: 'Key: ', password: true },
    ],
  );
});

test("what is printed before a question is seen before it, and node's readline reads lines", async () => {
  const { cell, asked } = await converse(
    `import { createInterface } from 'node:readline/promises';
     import { stdin, stdout } from 'node:process';
     const lines = createInterface({ input: stdin, output: stdout });
     const first = await lines.question('First? ');
     const second = await lines.question('Second? ');
     lines.close();
     [first, second]`,
    ['one', 'two'],
  );
  assert.equal(cell.result?.data['text/plain'], "[ 'one', 'two' ]", cell.error?.traceback.join('\n'));
  assert.equal(cell.stdout, 'First? Second? ');
  await sleep(100);
  assert.equal(asked.length, 2, 'a closed reader asks no more');
});

test('readline with for await, in a later cell', async () => {
  const { cell } = await converse(
    `import * as readline from 'node:readline';
     const words: string[] = [];
     const typed = readline.createInterface({ input: process.stdin });
     for await (const line of typed) { if (line === 'end') break; words.push(line) }
     words`,
    ['a', 'b', 'end'],
  );
  assert.equal(cell.result?.data['text/plain'], "[ 'a', 'b' ]", cell.error?.traceback.join('\n'));
});

test('an interface made in an earlier cell asks when it is asked again', async () => {
  await kernel.execute(
    `import { createInterface as make } from 'node:readline/promises';
     import { createInterface as plain } from 'node:readline';
     import { once } from 'node:events';
     const kept = make({ input: process.stdin, output: process.stdout });`,
    { allow_stdin: true },
  );
  for (const [code, answer, result] of [
    ["await kept.question('One? ')", 'one', "'one'"],
    ["await kept.question('Two? ')", 'two', "'two'"],
    ["(await once(kept, 'line'))[0]", 'three', "'three'"],
    ['let typed2 = ""; for await (const line of kept) { typed2 = line; break } typed2', 'four', "'four'"],
    ['const kept2 = plain({ input: process.stdin }); 0', '', '0'],
    ["await new Promise((done) => kept2.question('Five? ', done))", 'five', "'five'"],
    ['kept2.close(); 0', '', '0'],
  ] as const) {
    const { cell, asked } = await converse(code, [answer]);
    assert.equal(cell.result?.data['text/plain'], result, `${code}: ${cell.error?.traceback.join('\n')}`);
    assert.equal(asked.length, answer === '' ? 0 : 1, code);
  }
});

test('an interface whose question was stopped, or left behind, asks the next one', async () => {
  await kernel.execute(
    `import { createInterface as anew } from 'node:readline/promises';
     const patient = anew({ input: process.stdin, output: process.stdout });`,
  );
  const running = converse("await patient.question('Stopped? ')", []);
  await sleep(400);
  await kernel.client.request('control', 'interrupt_request', {});
  assert.equal((await running).cell.reply.ename, 'Interrupted');
  const next = await converse("await patient.question('Again? ')", ['again']);
  assert.equal(next.cell.result?.data['text/plain'], "'again'", next.cell.error?.traceback.join('\n'));
  assert.equal(next.cell.stdout, 'Again? ');
  await converse("void patient.question('Left behind? ')", []);
  const last = await converse("const heard = await patient.question('Last? '); patient.close(); heard", [
    'last',
  ]);
  assert.equal(last.cell.result?.data['text/plain'], "'last'", last.cell.error?.traceback.join('\n'));
});

test('a client that answers no questions is told so by an error, for each way to ask', async () => {
  const blocking = await kernel.execute("prompt('Name?')", { allow_stdin: false });
  assert.equal(blocking.error!.ename, 'InputRefused');
  assert.match(blocking.error!.evalue, /allow_stdin is false/);
  const reading = await kernel.execute(
    "import { createInterface as open } from 'node:readline/promises';\nconst asking = open({ input: process.stdin, output: process.stdout });\nawait asking.question('Name? ')",
    { allow_stdin: false },
  );
  assert.equal(reading.error!.ename, 'InputRefused');
  assert.equal((await kernel.execute('asking.close(); 1')).reply.status, 'ok');
});

test('a question can be interrupted', async () => {
  for (const code of [
    "prompt('Wait')",
    "import { createInterface as other } from 'node:readline/promises';\nawait other({ input: process.stdin }).question('Wait')",
  ]) {
    const running = converse(code, []);
    await sleep(400);
    const start = Date.now();
    await kernel.client.request('control', 'interrupt_request', {});
    const { cell, asked } = await running;
    assert.ok(Date.now() - start < 1000);
    assert.equal(cell.reply.ename, 'Interrupted', code);
    assert.equal(asked.length, 1);
  }
  assert.equal((await converse("prompt('Again')", ['yes'])).cell.result!.data['text/plain'], "'yes'");
});
