const { port1, port2 } = new MessageChannel();
let next: (() => void) | undefined;
port1.onmessage = () => {
  const work = next;
  next = undefined;
  work?.();
};
// The sockets' thread keeps the process alive.
(port1 as unknown as { unref(): void }).unref();

/**
 * Runs `work` from the event loop, one at a time. Code that is terminated from outside takes with it every frame below
 * it, so nothing may await it; and a message's callback is the one from which it leaves Node's own bookkeeping whole.
 */
export function startFromLoop(work: () => void): void {
  next = work;
  port2.postMessage(null);
}
