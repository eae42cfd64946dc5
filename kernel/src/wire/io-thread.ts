/**
 * The thread that owns a kernel's sockets. Cells compute on the main thread; from here the heartbeat, interrupts
 * and shutdown are answered however busy that is.
 */
import { Session } from 'node:inspector';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { Reply, Router, XPublisher } from 'zeromq';
import { decode, SignatureError, seal, serialize } from './codec.js';
import { addressOf } from './connection.js';
import {
  ACKNOWLEDGED,
  AWAITS_INPUT,
  type FromIo,
  INPUTS,
  type Input,
  type IoStart,
  RECEIVED,
  SHIELDED,
  type ToIo,
} from './io-protocol.js';
import { type Channel, createMessage, type Message } from './messages.js';

const { connection, shared, session, kernelInfo, input, sigintSource } = workerData as IoStart;
const state = new Int32Array(shared);
const port = parentPort!;
const tell = (message: FromIo): void => port.postMessage(message);

const options = { linger: 1000, sendHighWaterMark: 0, receiveHighWaterMark: 0 };
const routers = { shell: new Router(options), control: new Router(options), stdin: new Router(options) };
// A reader who reconnects takes over his old identity.
for (const router of Object.values(routers)) router.handover = true;
const iopub = new XPublisher(options);
iopub.verbosity = 'allSubs';
const heartbeat = new Reply({ linger: 0 });

/** ZeroMQ forbids a second send while one is under way on the same socket. */
function sender(socket: Router | XPublisher): (message: ReturnType<typeof serialize>) => void {
  let last = Promise.resolve();
  return (message) => {
    last = last.then(() => socket.send(seal(message, connection.key))).catch(() => undefined);
    pending = last;
  };
}
let pending = Promise.resolve();
const send: Record<Channel, ReturnType<typeof sender>> = {
  shell: sender(routers.shell),
  control: sender(routers.control),
  stdin: sender(routers.stdin),
  iopub: sender(iopub),
};

function publish(type: string, parent: Message['parent_header'], content: Record<string, unknown>): void {
  const identities = [Buffer.from(`kernel.${session}.${type}`)];
  send.iopub(serialize(createMessage(type, { session, content, parent, identities })));
}

/** Answers a request here, without the main thread. */
function reply(request: Message, content: Record<string, unknown>, channel: Channel = 'control'): void {
  const type = request.header.msg_type.replace(/_request$/, '_reply');
  const { identities, header: parent } = request;
  send[channel](serialize(createMessage(type, { session, content, parent, identities })));
}

async function inside({ header }: Message, work: () => Promise<void> | void): Promise<void> {
  publish('status', header, { execution_state: 'busy' });
  await work();
  publish('status', header, { execution_state: 'idle' });
}

/** Hands what a main thread waits for to it, though it is blocked. */
function wake(content: Input): void {
  input.postMessage(content);
  Atomics.add(state, INPUTS, 1);
  Atomics.notify(state, INPUTS);
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Milliseconds after which work of the kernel's own is terminated all the same. */
const SHIELD_LIMIT = 30_000;
let interrupts = 0;
/**
 * Asks the main thread to stop its cell. A main thread that computes cannot hear it: then what it executes is
 * terminated, and it hears it afterwards.
 */
async function interrupt(): Promise<boolean> {
  const id = ++interrupts;
  tell({ kind: 'interrupt', id });
  if (Atomics.load(state, AWAITS_INPUT) === 1) wake({ kind: 'interrupted' });
  const heard = async (milliseconds: number) => {
    for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(5)) {
      if (Atomics.load(state, ACKNOWLEDGED) >= id) return true;
    }
    return Atomics.load(state, ACKNOWLEDGED) >= id;
  };
  if (await heard(100)) return true;
  // The compiler at work: it ends by itself, and then the main thread listens.
  for (const end = Date.now() + SHIELD_LIMIT; Date.now() < end && Atomics.load(state, SHIELDED) === 1; )
    if (await heard(50)) return true;
  for (let attempt = 0; attempt < 10; attempt++) {
    const inspector = new Session();
    inspector.connectToMainThread();
    inspector.post('Runtime.terminateExecution');
    const done = await heard(200);
    inspector.disconnect();
    if (done) return true;
  }
  return false;
}

let stopping = false;
async function shutdown(): Promise<void> {
  if (stopping) return;
  stopping = true;
  tell({ kind: 'shutdown' });
  // The main thread ends the process; if a cell keeps it busy, this thread does.
  await sleep(1000);
  process.kill(process.pid, 'SIGKILL');
}

async function onControl(message: Message): Promise<boolean> {
  const { header } = message;
  switch (header.msg_type) {
    case 'interrupt_request':
      await inside(message, async () => {
        const stopped = await interrupt();
        const what = { ename: 'NotInterrupted', evalue: 'what runs could not be stopped', traceback: [] };
        reply(message, stopped ? { status: 'ok' } : { status: 'error', ...what });
      });
      return true;
    case 'kernel_info_request':
      await inside(message, () => reply(message, { ...kernelInfo }));
      return true;
    case 'shutdown_request':
      await inside(message, () => {
        const content = { status: 'ok', restart: message.content.restart === true };
        reply(message, content);
        publish('shutdown_reply', header, content);
      });
      await pending;
      void shutdown();
      return true;
    default:
      return false;
  }
}

let dropped = 0;
async function receive(channel: 'shell' | 'control' | 'stdin', socket: Router): Promise<void> {
  for await (const frames of socket) {
    let message: Message;
    try {
      message = decode(frames, connection.key);
    } catch (error) {
      dropped++;
      const reason = error instanceof SignatureError ? 'wrong signature' : (error as Error).message;
      tell({ kind: 'dropped', reason: `${channel}: ${reason}`, count: dropped });
      continue;
    }
    if (channel === 'control') {
      // Not awaited: a second interrupt may come while the first is under way.
      void onControl(message).then(
        (known) => known || tell({ kind: 'message', channel, message, sequence: 0 }),
      );
      continue;
    }
    // Answered from here also on shell: the main thread may be loading the compiler, or computing.
    if (channel === 'shell' && message.header.msg_type === 'kernel_info_request') {
      void inside(message, () => reply(message, { ...kernelInfo }, channel));
      continue;
    }
    if (channel === 'stdin' && Atomics.load(state, AWAITS_INPUT) === 1) {
      if (message.header.msg_type === 'input_reply')
        wake({ kind: 'value', value: String(message.content.value ?? '') });
      continue;
    }
    const sequence = Atomics.add(state, RECEIVED, 1) + 1;
    tell({ kind: 'message', channel, message, sequence });
  }
}

async function welcome(): Promise<void> {
  for await (const [frame] of iopub) {
    if (frame?.[0] !== 1) continue;
    const topic = frame.subarray(1);
    const content = { subscription: topic.toString() };
    send.iopub(serialize(createMessage('iopub_welcome', { session, content, identities: [topic] })));
  }
}

async function echo(): Promise<void> {
  for await (const frames of heartbeat) await heartbeat.send(frames);
}

/** A kernel whose starter is gone has nobody to work for. */
function watchParent(): void {
  const parent = process.ppid;
  if (parent <= 1) return;
  const alive = () => {
    try {
      process.kill(parent, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  };
  setInterval(() => {
    if (process.ppid !== parent || !alive()) void shutdown();
  }, 500).unref();
}

port.on('message', (message: ToIo) => {
  switch (message.kind) {
    case 'send':
      send[message.channel](message.message);
      break;
    case 'sync':
      // What has arrived at the socket by now is read in the next turns of the loop.
      setTimeout(() => tell({ kind: 'synced', id: message.id }), 5);
      break;
    case 'shutdown':
      void onControl(message.request);
      break;
    case 'flush':
      void Promise.all([pending, sleep(20)]).then(() => {
        for (const socket of [...Object.values(routers), iopub, heartbeat]) socket.close();
        tell({ kind: 'flushed' });
      });
      break;
  }
});

async function start(): Promise<void> {
  await Promise.all([
    routers.shell.bind(addressOf(connection, 'shell_port')),
    routers.control.bind(addressOf(connection, 'control_port')),
    routers.stdin.bind(addressOf(connection, 'stdin_port')),
    iopub.bind(addressOf(connection, 'iopub_port')),
    heartbeat.bind(addressOf(connection, 'hb_port')),
  ]);
  const sigint = new Worker(sigintSource, { eval: true, execArgv: [] });
  sigint.on('message', () => void interrupt());
  watchParent();
  void receive('shell', routers.shell);
  void receive('control', routers.control);
  void receive('stdin', routers.stdin);
  void welcome();
  void echo();
  tell({ kind: 'bound' });
}

void start();
