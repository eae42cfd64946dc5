import { toBundle } from './display/bundle.js';
import { completeBundle } from './display/complete.js';
import { displayContent } from './execution/outputs.js';
import type { Cell } from './handlers/cell.js';
import type { Comms } from './handlers/comms.js';
import type { InputRequests } from './handlers/input.js';
import type { Host, NotebookApi } from './host.js';

/** The cell whose code is executing. */
export type CurrentCell = () => Cell | undefined;

/** What cells use of the notebook around them. */
export function notebookApi(parts: {
  readonly current: CurrentCell;
  readonly comms: Comms;
  readonly input: InputRequests;
}): NotebookApi {
  const output = (what: string) => {
    const cell = parts.current();
    if (!cell) throw new Error(`${what} has no cell to show in: call it from a cell`);
    return cell.output;
  };
  return {
    display: (value, options = {}) => {
      const { id, update = false } = options;
      if (update && id === undefined) {
        throw new Error('display({ update: true }) needs the id of the output to replace');
      }
      const content = toBundle(value).then((bundle) => displayContent(bundle, id));
      return output('display').sendLater(update ? 'update_display_data' : 'display_data', content);
    },
    clearOutput: ({ wait = false } = {}) => output('clearOutput').send('clear_output', { wait }),
    input: (prompt, options) => parts.input.ask(prompt, options),
    registerComm: (target, onOpen) => parts.comms.register(target, onOpen),
    openComm: (target, options) => parts.comms.open(target, options),
  };
}

/** What libraries use that know nothing of this kernel. */
export function host(current: CurrentCell): Host {
  return {
    display: (data, { id, update = false, metadata = {} } = {}) => {
      const bundle = completeBundle({ data: { ...data }, metadata: { ...metadata } });
      const content = Promise.resolve(bundle).then((whole) => displayContent(whole, id));
      void current()?.output.sendLater(update ? 'update_display_data' : 'display_data', content);
    },
    signal: () => current()?.abort.signal,
  };
}
