/** What Jupyter shows: one value in several MIME types, the viewer takes the richest that it knows. */
export interface MimeBundle {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

/** The name of the method by which a value says how it is shown. */
export const displaySymbol: unique symbol = Symbol.for('Jupyter.display') as never;

/** A value that shows itself: `data` alone, or `{ data, metadata }`, or a promise of either. */
export interface Displayable {
  [displaySymbol](): unknown;
}

/** The richest plain text that is sent: longer ones make notebooks that no viewer opens gladly. */
export const textLimit = 100_000;

/** Cuts a text that is longer than `limit` characters and says how much is gone. */
export function limitText(text: string, limit: number = textLimit): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit)}\n... ${text.length - limit} more characters are not shown`;
}

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand inside HTML or SVG, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character]!);
}

/** The message of anything that was thrown, also of what is not an `Error`; never throws itself. */
export function reasonOf(thrown: unknown): string {
  try {
    if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
      const { name, message } = thrown as { name?: unknown; message: unknown };
      return `${typeof name === 'string' ? name : 'Error'}: ${String(message)}`;
    }
    return String(thrown);
  } catch {
    return 'an error that cannot be shown';
  }
}
