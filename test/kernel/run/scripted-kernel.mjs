/**
 * A kernel for tests that does what its cells say: a cell is a JSON array of steps
 * `[type, content]` (publish), `["reply", content]`, `["wait", ms]`, `["hang"]`, `["exit", code]`, `["ask", prompt]`.
 * `["hang", "deaf"]` also ignores interrupts. So the runner meets every behaviour, on time and without a compiler.
 * It signs and reads messages by itself: a second view of the wire format.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Publisher, Router } from 'zeromq';

const connection = JSON.parse(readFileSync(process.argv[2], 'utf8'));
if (process.env.SCRIPTED_START === 'fail') {
  console.error('no compiler here');
  process.exit(3);
}
// Somebody else was quicker at one of the ports, the first time.
if (process.env.SCRIPTED_TAKEN && !existsSync(process.env.SCRIPTED_TAKEN)) {
  writeFileSync(process.env.SCRIPTED_TAKEN, '');
  await new Publisher().bind(`tcp://${connection.ip}:${connection.hb_port}`);
  await new Router().bind(`tcp://${connection.ip}:${connection.hb_port}`);
}
const bind = async (socket, port) => {
  await socket.bind(`tcp://${connection.ip}:${connection[port]}`);
  return socket;
};
const shell = await bind(new Router(), 'shell_port');
const control = await bind(new Router(), 'control_port');
const stdin = await bind(new Router(), 'stdin_port');
const iopub = await bind(new Publisher(), 'iopub_port');

function decode(frames) {
  const at = frames.findIndex((frame) => frame.toString() === '<IDS|MSG>');
  const [header, , , content] = frames.slice(at + 2, at + 6).map((part) => JSON.parse(part.toString()));
  return { identities: frames.slice(0, at), header, content };
}

function encode(request, type, content) {
  const header = {
    msg_id: randomUUID(),
    session: 'kernel',
    username: 'kernel',
    date: new Date().toISOString(),
    msg_type: type,
    version: '5.4',
  };
  const parts = [header, request.header, {}, content].map((part) => JSON.stringify(part));
  const signature = createHmac('sha256', connection.key).update(parts.join('')).digest('hex');
  return ['<IDS|MSG>', signature, ...parts];
}

const publish = (request, type, content) => iopub.send(encode(request, type, content));
const answer = (socket, request, type, content) =>
  socket.send([...request.identities, ...encode(request, type, content)]);

let count = 0;
let interrupted = () => {};
let deaf = false;

async function execute(request) {
  let reply = { status: 'ok', execution_count: ++count };
  for (const [step, content] of JSON.parse(request.content.code)) {
    if (step === 'reply') reply = content;
    else if (step === 'exit') process.exit(content);
    else if (step === 'wait') await new Promise((done) => setTimeout(done, content));
    else if (step === 'ask') await answer(stdin, request, 'input_request', { prompt: content });
    else if (step === 'hang') {
      deaf = content === 'deaf';
      await new Promise((done) => {
        interrupted = done;
      });
      reply = { status: 'error', execution_count: count, ename: 'Interrupted', evalue: '', traceback: [] };
    } else await publish(request, step, content);
  }
  await answer(shell, request, 'execute_reply', reply);
}

async function serveControl() {
  for await (const frames of control) {
    const request = decode(frames);
    if (request.header.msg_type === 'shutdown_request') process.exit(0);
    if (!deaf) interrupted();
  }
}

void serveControl();
for await (const frames of shell) {
  const request = decode(frames);
  await publish(request, 'status', { execution_state: 'busy' });
  if (request.header.msg_type === 'execute_request') await execute(request);
  else {
    const info = { status: 'ok', language_info: { name: 'typescript', file_extension: '.ts' } };
    await answer(shell, request, 'kernel_info_reply', info);
  }
  await publish(request, 'status', { execution_state: 'idle' });
}
