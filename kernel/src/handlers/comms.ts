import { randomUUID } from 'node:crypto';
import type { Comm, CommListener, CommMessage, CommOptions, CommTarget } from '../host.js';
import type { Message } from '../wire/messages.js';

export interface CommsOptions {
  publish(
    type: string,
    content: Record<string, unknown>,
    options: { readonly metadata: Record<string, unknown>; readonly buffers: readonly Uint8Array[] },
  ): void;
}

interface Open {
  readonly comm: Comm;
  readonly onMessage: Set<CommListener>;
  readonly onClose: Set<CommListener>;
}

/**
 * Comms: channels between code in the kernel and code in the page, which either side opens, by the name of a target
 * that the other has registered.
 */
export class Comms {
  readonly #publish: CommsOptions['publish'];
  readonly #targets = new Map<string, CommTarget>();
  readonly #open = new Map<string, Open>();

  constructor({ publish }: CommsOptions) {
    this.#publish = publish;
  }

  register(name: string, target: CommTarget): () => void {
    this.#targets.set(name, target);
    return () => {
      if (this.#targets.get(name) === target) this.#targets.delete(name);
    };
  }

  /** Opens a comm from this side. */
  open(target_name: string, options: CommOptions = {}): Comm {
    const { comm } = this.#add(randomUUID(), target_name);
    this.#send('comm_open', { comm_id: comm.id, target_name }, options);
    return comm;
  }

  /** The open comms, of one target or all, as comm_info_reply lists them. */
  list(target?: string): Record<string, { readonly target_name: string }> {
    const all = [...this.#open.values()].filter(({ comm }) => target === undefined || comm.target === target);
    return Object.fromEntries(all.map(({ comm }) => [comm.id, { target_name: comm.target }]));
  }

  /** comm_open, comm_msg and comm_close from the page. Runs what listens; what that throws is thrown. */
  async receive(type: string, { content, metadata, buffers }: Message): Promise<void> {
    const comm_id = String(content.comm_id ?? '');
    const message: CommMessage = { data: content.data, metadata, buffers };
    if (type === 'comm_open') {
      const name = String(content.target_name ?? '');
      const target = this.#targets.get(name);
      if (!target) {
        // The page learns in this way that nobody is there.
        this.#send('comm_close', { comm_id }, { data: { error: `no target is registered as "${name}"` } });
        return;
      }
      const { comm } = this.#add(comm_id, name);
      try {
        await target(comm, message);
      } catch (error) {
        comm.close();
        throw error;
      }
      return;
    }
    const open = this.#open.get(comm_id);
    if (!open) return;
    if (type === 'comm_close') this.#open.delete(comm_id);
    const listeners = type === 'comm_close' ? open.onClose : open.onMessage;
    for (const listener of [...listeners]) await listener(message);
  }

  #add(id: string, target: string): Open {
    const onMessage = new Set<CommListener>();
    const onClose = new Set<CommListener>();
    const listen = (listeners: Set<CommListener>) => (listener: CommListener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    const comm: Comm = {
      id,
      target,
      send: (data, options = {}) => {
        if (!this.#open.has(id)) throw new Error(`the comm ${id} of target "${target}" is closed`);
        this.#send('comm_msg', { comm_id: id }, { ...options, data });
      },
      close: (data) => {
        if (this.#open.delete(id)) this.#send('comm_close', { comm_id: id }, { data });
      },
      onMessage: listen(onMessage),
      onClose: listen(onClose),
    };
    const open = { comm, onMessage, onClose };
    this.#open.set(id, open);
    return open;
  }

  #send(type: string, content: Record<string, unknown>, options: CommOptions): void {
    const { data = {}, metadata = {}, buffers = [] } = options;
    this.#publish(type, { ...content, data }, { metadata, buffers });
  }
}
