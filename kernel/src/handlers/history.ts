import type { Handler } from './context.js';
import type { HistoryEntry, HistoryStore } from './history-store.js';

/** history_request: what was run before, in this session and in earlier ones. */
export const history: Handler = async (content, context) => {
  const found = await entries(content, context.history);
  return {
    status: 'ok',
    history: found.map(({ session, line, input, output }) => [
      session,
      line,
      content.output ? [input, output ?? null] : input,
    ]),
  };
};

function entries(content: Record<string, unknown>, store: HistoryStore): Promise<HistoryEntry[]> {
  const { hist_access_type: access, n, pattern, unique, session, start, stop } = content;
  const count = typeof n === 'number' ? n : undefined;
  if (access === 'range') {
    return store.range(Number(session ?? 0), Number(start ?? 0), typeof stop === 'number' ? stop : undefined);
  }
  if (access === 'search') return store.search(String(pattern ?? '*'), count, { unique: unique === true });
  return store.tail(count ?? 10);
}
