import type { Handler } from './context.js';

export interface HistoryEntry {
  readonly session: number;
  readonly line: number;
  readonly input: string;
  output?: string;
}

/** The cells that ran in this session. */
export class History {
  readonly #entries: HistoryEntry[] = [];
  readonly session = 1;

  add(line: number, input: string): HistoryEntry {
    const entry: HistoryEntry = { session: this.session, line, input };
    this.#entries.push(entry);
    return entry;
  }

  tail(count: number): HistoryEntry[] {
    return count > 0 ? this.#entries.slice(-count) : [];
  }

  /** Lines `start` up to `stop`, which is not included; session 0 is this one, -1 the one before. */
  range(session: number, start: number, stop: number | undefined): HistoryEntry[] {
    const wanted = session > 0 ? session : this.session + session;
    return this.#entries.filter(
      (entry) => entry.session === wanted && entry.line >= start && (stop === undefined || entry.line < stop),
    );
  }

  /** The last `count` cells that fit a pattern with `*` and `?`. */
  search(pattern: string, count: number | undefined, options: { readonly unique: boolean }): HistoryEntry[] {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    const fits = new RegExp(`^${source}$`, 's');
    let found = this.#entries.filter(({ input }) => fits.test(input));
    if (options.unique) {
      const last = new Map(found.map((entry, index) => [entry.input, index]));
      found = found.filter((entry, index) => last.get(entry.input) === index);
    }
    return count === undefined ? found : count > 0 ? found.slice(-count) : [];
  }
}

/** history_request: what was run before. */
export const history: Handler = (content, context) => {
  const { hist_access_type: access, output, n, pattern, unique, session, start, stop } = content;
  const count = typeof n === 'number' ? n : undefined;
  const found =
    access === 'range'
      ? context.history.range(
          Number(session ?? 0),
          Number(start ?? 0),
          typeof stop === 'number' ? stop : undefined,
        )
      : access === 'search'
        ? context.history.search(String(pattern ?? '*'), count, { unique: unique === true })
        : context.history.tail(count ?? 10);
  return {
    status: 'ok',
    history: found.map((entry) => [
      entry.session,
      entry.line,
      output ? [entry.input, entry.output ?? null] : entry.input,
    ]),
  };
};
