import { createHook } from 'node:async_hooks';
import { promiseHooks } from 'node:v8';

/**
 * Node's own notes on which callback runs, as far as they stand in the way of ending code from outside.
 */
interface AsyncWrap {
  readonly async_hook_fields: Uint32Array;
  readonly async_id_fields: Float64Array;
  readonly constants: {
    readonly kCheck: number;
    readonly kExecutionAsyncId: number;
    readonly kTriggerAsyncId: number;
  };
  clearAsyncIdStack(): void;
}

function asyncWrap(): AsyncWrap | undefined {
  const node = process as unknown as { noDeprecation?: boolean; binding(name: string): AsyncWrap };
  const before = node.noDeprecation ?? false;
  node.noDeprecation = true;
  try {
    return node.binding('async_wrap');
  } catch {
    return undefined;
  } finally {
    node.noDeprecation = before;
  }
}

const wrap = asyncWrap();

/**
 * Node ends the process when the stack of callbacks is not as it left it, which is so after code in a timer's callback
 * was terminated. There is a flag against this check at the start of Node; a running process can only lower the counter,
 * which every first hook raises again: on Node 20 and 22 an AsyncLocalStorage is one.
 */
export function allowTermination(): void {
  if (wrap?.async_hook_fields && wrap.constants) wrap.async_hook_fields[wrap.constants.kCheck] = 0;
}

/**
 * Node asserts after each callback that no other is under way, by the ids of the present one. Put to zero for as long as
 * code of a cell runs, they may be left behind; only diagnostics read them. The stack itself, by which an
 * AsyncLocalStorage finds its store, stays.
 */
export function forgetAsyncIds(): void {
  if (!wrap?.async_id_fields) return;
  wrap.async_id_fields[wrap.constants.kExecutionAsyncId] = 0;
  wrap.async_id_fields[wrap.constants.kTriggerAsyncId] = 0;
}

/** After termination: makes Node forget what was under way. */
export function clearAsyncStack(): void {
  wrap?.clearAsyncIdStack?.();
  allowTermination();
}

/**
 * With a hook on, Node also notes each continuation of a promise. Ours has to come after Node's own, which is put in
 * place when the first hook is turned on; that turns on the check, too.
 */
export function surviveAsyncHooks(): void {
  const hooks = Object.getPrototypeOf(createHook({})) as { enable(): unknown };
  const { enable } = hooks;
  let stop: (() => void) | undefined;
  hooks.enable = function (this: unknown) {
    const result = enable.call(this);
    allowTermination();
    stop?.();
    stop = promiseHooks.createHook({ before: forgetAsyncIds }) as () => void;
    return result;
  };
}
