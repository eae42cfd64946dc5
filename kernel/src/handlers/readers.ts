import { createRequire } from 'node:module';
import type { Interface } from 'node:readline';
import type { Readable } from 'node:stream';

type Method = (this: Interface & { readonly input?: unknown }, ...values: unknown[]) => unknown;

export interface ReaderListeners {
  /** True for the streams that the reader's lines come from. */
  isInput(stream: unknown): stream is Readable;
  /** Something waits for a line of such a stream. */
  onWanted(stream: Readable): void;
  /** Names whose question it is: an object that lives as long as the question counts. */
  asker(): { readonly running: boolean } | undefined;
}

/**
 * Tells when a line is wanted by an interface of node:readline that an earlier cell made: a stream learns nothing of the
 * questions that are put to an interface on it, only of its making. Covers `question`, `prompt`, listeners for `line`
 * and `for await`, of node:readline and node:readline/promises.
 */
export function watchReaders({ isInput, onWanted, asker }: ReaderListeners): void {
  const require = createRequire(import.meta.url);
  const classes = [require('node:readline').Interface, require('node:readline/promises').Interface];
  const askers = new WeakMap<object, { readonly running: boolean }>();
  const common = Object.getPrototypeOf(classes[0].prototype) as Record<string, Method>;
  const watch = (
    prototype: Record<string, Method>,
    name: string,
    before: Method | undefined,
    after: Method,
  ) => {
    const original = prototype[name]!;
    const value: Method = function (...values) {
      if (!isInput(this.input)) return original.apply(this, values);
      before?.apply(this, values);
      const result = original.apply(this, values);
      after.apply(this, values);
      return result;
    };
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  };
  const wanted: Method = function () {
    onWanted(this.input as Readable);
  };
  watch(common, 'prompt', undefined, wanted);
  for (const name of ['on', 'addListener'])
    watch(common, name, undefined, function (event) {
      if (event === 'line') wanted.call(this);
    });
  const forget = pendingQuestion(classes[0].prototype);
  for (const { prototype } of classes)
    watch(
      prototype,
      'question',
      function () {
        // A question whose cell has ended would be put once more in place of the new one, which then gets no answer.
        if (askers.get(this)?.running === false) forget(this);
        const cell = asker();
        if (cell) askers.set(this, cell);
      },
      () => undefined,
    );
}

/** What makes an interface forget the question that it waits for: Node keeps both under older names, too. */
function pendingQuestion(prototype: object): (reader: Interface) => void {
  const { _questionCallback: callback, _oldPrompt: prompt } = Object.getOwnPropertyDescriptors(
    prototype,
  ) as Record<string, PropertyDescriptor | undefined>;
  return (reader) => {
    if (!callback?.get?.call(reader)) return;
    callback.set?.call(reader, null);
    reader.setPrompt(String(prompt?.get?.call(reader) ?? '> '));
  };
}
