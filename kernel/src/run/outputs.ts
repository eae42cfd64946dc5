import type { MimeBundle, Output } from './notebook.js';

/** The part of an iopub message that outputs are made of. */
export interface OutputMessage {
  readonly type: string;
  readonly content: Record<string, unknown>;
}

interface Slot {
  readonly output: Output;
  readonly displayId?: string;
}

/**
 * The outputs of all cells of one run, folded from iopub messages as a front end folds them: neighbouring pieces of one stream become one,
 * `update_display_data` replaces the data of every output with that display id in any cell, `clear_output` empties a cell, with `wait` only
 * when the next output comes.
 */
export class OutputStore {
  readonly #slots = new Map<string, Slot[]>();
  readonly #clearOnNext = new Set<string>();

  /** Applies one message that belongs to `cell`; messages that make no output are ignored. */
  apply(cell: string, { type, content }: OutputMessage): void {
    switch (type) {
      case 'clear_output':
        if (content.wait) this.#clearOnNext.add(cell);
        else this.#slots.set(cell, []);
        return;
      case 'update_display_data':
        this.#update(displayIdOf(content), bundleOf(content.data), objectOf(content.metadata));
        return;
      case 'stream':
        this.#append(cell, {
          output: {
            output_type: 'stream',
            name: String(content.name ?? 'stdout'),
            text: String(content.text ?? ''),
          },
        });
        return;
      case 'display_data':
      case 'execute_result': {
        const data = bundleOf(content.data);
        const metadata = objectOf(content.metadata);
        const output: Output =
          type === 'display_data'
            ? { output_type: type, data, metadata }
            : { output_type: type, data, metadata, execution_count: countOf(content.execution_count) };
        const displayId = displayIdOf(content);
        this.#append(cell, displayId === undefined ? { output } : { output, displayId });
        return;
      }
      case 'error':
        this.#append(cell, {
          output: {
            output_type: 'error',
            ename: String(content.ename ?? 'Error'),
            evalue: String(content.evalue ?? ''),
            traceback: Array.isArray(content.traceback) ? content.traceback.map(String) : [],
          },
        });
    }
  }

  /** The outputs of a cell as they stand now. */
  of(cell: string): Output[] {
    return (this.#slots.get(cell) ?? []).map((slot) => slot.output);
  }

  #append(cell: string, slot: Slot): void {
    const slots = this.#clearOnNext.delete(cell) ? [] : (this.#slots.get(cell) ?? []);
    this.#slots.set(cell, slots);
    const last = slots.at(-1)?.output;
    const next = slot.output;
    if (last?.output_type === 'stream' && next.output_type === 'stream' && last.name === next.name) {
      last.text = overwritten(last.text + next.text);
    } else if (next.output_type === 'stream') {
      slots.push({ output: { ...next, text: overwritten(next.text) } });
    } else {
      slots.push(slot);
    }
  }

  #update(displayId: string | undefined, data: MimeBundle, metadata: Record<string, unknown>): void {
    if (displayId === undefined) return;
    for (const slot of [...this.#slots.values()].flat()) {
      if (slot.displayId !== displayId || !('data' in slot.output)) continue;
      slot.output.data = data;
      slot.output.metadata = metadata;
    }
  }
}

/** A carriage return goes back to the start of the line, as on a terminal: a progress bar leaves its last state only. */
function overwritten(text: string): string {
  return text.replace(/\r+\n/g, '\n').replace(/^.*\r(?=[^\n\r])/gm, '');
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...(value as object) } : {};
const bundleOf = (value: unknown): MimeBundle => objectOf(value);
const countOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

function displayIdOf(content: Record<string, unknown>): string | undefined {
  const id = objectOf(content.transient).display_id;
  return typeof id === 'string' ? id : undefined;
}
