import type { MessagePort } from 'node:worker_threads';
import type { SerializedMessage } from './codec.js';
import type { Connection } from './connection.js';
import type { Channel, KernelInfoReply, Message } from './messages.js';

/**
 * Places in the array of 32-bit integers that both threads share: messages received from shell and stdin; the last
 * interrupt that the main thread heard; 1 while the main thread does work of the kernel's own that must not be
 * terminated; 1 while it blocks until an input_reply comes; replies handed to it in that way.
 */
export const RECEIVED = 0;
export const ACKNOWLEDGED = 1;
export const SHIELDED = 2;
export const AWAITS_INPUT = 3;
export const INPUTS = 4;
export const SHARED_INTEGERS = 5;

/** What wakes a main thread that blocks for input. */
export type Input = { readonly kind: 'value'; readonly value: string } | { readonly kind: 'interrupted' };

/** What the thread of the sockets is started with. */
export interface IoStart {
  readonly connection: Connection;
  readonly session: string;
  readonly kernelInfo: KernelInfoReply;
  readonly shared: SharedArrayBuffer;
  /** Carries an `Input` to a main thread that blocks for it. */
  readonly input: MessagePort;
  /** The program of the thread that waits for SIGINT. */
  readonly sigintSource: string;
}

export type ToIo =
  | { readonly kind: 'send'; readonly channel: Channel; readonly message: SerializedMessage }
  | { readonly kind: 'sync'; readonly id: number }
  | { readonly kind: 'shutdown'; readonly request: Message }
  | { readonly kind: 'flush' };

export type FromIo =
  | { readonly kind: 'bound' }
  | {
      readonly kind: 'message';
      readonly channel: 'shell' | 'control' | 'stdin';
      readonly message: Message;
      /** Counts the messages of shell and stdin in the order of arrival. */
      readonly sequence: number;
    }
  | { readonly kind: 'dropped'; readonly reason: string; readonly count: number }
  | { readonly kind: 'interrupt'; readonly id: number }
  | { readonly kind: 'synced'; readonly id: number }
  | { readonly kind: 'flushed' }
  | { readonly kind: 'shutdown' };

/**
 * Waits for SIGINT in a thread of its own: JavaScript's handler for the signal runs on the main thread alone, and only
 * when that is idle, but Node ends a script marked `breakOnSigint` on whichever thread it runs. The outer script keeps
 * the signal from ending the process while the inner one is started anew.
 */
export const SIGINT_SOURCE = `
const vm = require('node:vm');
const { parentPort } = require('node:worker_threads');
const lock = new Int32Array(new SharedArrayBuffer(4));
const wait = new vm.Script('(lock) => Atomics.wait(lock, 0, 0)').runInThisContext();
globalThis.heedWait = () => wait(lock);
const inner = new vm.Script('heedWait()');
globalThis.heedLoop = () => {
  for (;;) {
    try {
      inner.runInThisContext({ breakOnSigint: true });
    } catch {
      parentPort.postMessage('interrupt');
    }
  }
};
const outer = new vm.Script('heedLoop()');
for (;;) {
  try {
    outer.runInThisContext({ breakOnSigint: true });
  } catch {
    parentPort.postMessage('interrupt');
  }
}
`;
