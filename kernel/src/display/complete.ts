import { plotlyMime, stillFigure } from './figure-bundle.js';
import { htmlToText } from './html-text.js';
import { describeImage, recogniseImage } from './image.js';
import { limitText, type MimeBundle } from './mime.js';
import { toSendable } from './sendable.js';

/** How bundles are made. */
export interface BundleOptions {
  /** Whether a plotly figure gets a PNG: about 0.2 s each, too much for every step of a live chart. */
  readonly stillFigures: boolean;
}

/** With a PNG: without one a figure is blank wherever plotly is not installed. */
export const defaultBundleOptions: BundleOptions = { stillFigures: true };

/**
 * Makes a bundle that a program wrote ready to be sent: bytes become base64, what JSON cannot hold is told in
 * the text, a plotly figure without a PNG gets one, and `text/plain` is there.
 */
export async function completeBundle(
  bundle: MimeBundle,
  { stillFigures }: BundleOptions = defaultBundleOptions,
): Promise<MimeBundle> {
  const data: Record<string, unknown> = {};
  const metadata = { ...bundle.metadata };
  const notes: string[] = [];
  for (const [mime, content] of Object.entries(bundle.data)) {
    const sendable = toSendable(content);
    if ('lost' in sendable) notes.push(`${mime} was left out: ${sendable.lost}`);
    else data[mime] = sendable.content;
    const image = recogniseImage(content);
    if (image && image.mime === mime && !('text/plain' in bundle.data))
      data['text/plain'] ??= describeImage(image);
  }
  if (stillFigures && plotlyMime in data && !('image/png' in data)) {
    const still = await stillFigure(data[plotlyMime], textOf(data));
    Object.assign(data, still.data);
    metadata['image/png'] ??= still.metadata['image/png'];
    if (still.note) notes.push(still.note);
  }
  const text = [limitText(textOf(data) ?? describeMimes(data)), ...notes.map((note) => `(${note})`)];
  data['text/plain'] = text.join('\n');
  for (const [key, value] of Object.entries(metadata)) if (value === undefined) delete metadata[key];
  return { data, metadata };
}

function textOf(data: Record<string, unknown>): string | undefined {
  const text = data['text/plain'];
  if (Array.isArray(text)) return text.join('');
  return text === undefined || text === null || text === '' ? undefined : String(text);
}

/** The least that a reader without the viewer should know: what kind of thing stands here. */
function describeMimes(data: Record<string, unknown>): string {
  const source = data['text/markdown'] ?? data['text/latex'];
  if (typeof source === 'string') return source;
  if (typeof data['text/html'] === 'string') return htmlToText(data['text/html']) || 'HTML';
  return Object.keys(data).join(', ') || 'an empty output';
}
