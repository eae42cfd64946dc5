import { types } from 'node:util';
import { type BundleOptions, completeBundle, defaultBundleOptions } from './complete.js';
import { figureBundle, isFigureSpec } from './figure-bundle.js';
import { frameBundle, isFrameLike } from './frame.js';
import { base64, describeImage, recogniseImage } from './image.js';
import { displaySymbol, type MimeBundle, reasonOf } from './mime.js';
import { isTensorLike, tensorBundle } from './tensor.js';
import { plainText } from './text.js';

export type { MimeBundle } from './mime.js';

/**
 * A value as a MIME bundle for `display_data` or `execute_result`.
 *
 * In this order: a value with a `Symbol.for('Jupyter.display')` method shows itself; then tensors, data frames,
 * plotly figures and pictures are known by their structure; all others are shown as `util.inspect` writes them.
 * `text/plain` is always there. Never throws: what fails is told in the text.
 */
export async function toBundle(
  value: unknown,
  options: BundleOptions = defaultBundleOptions,
): Promise<MimeBundle> {
  try {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function'))
      return textBundle(value);
    const method = (value as Record<symbol, unknown>)[displaySymbol];
    if (typeof method === 'function') return await shownByItself(value, method, options);
    if (types.isProxy(value)) return textBundle(value);
    if (isTensorLike(value)) return tensorBundle(value);
    if (isFrameLike(value)) return frameBundle(value);
    if (isFigureSpec(value)) return await figureBundle(value, options);
    const image = recogniseImage(value);
    if (image) {
      const data = { [image.mime]: base64(value as Uint8Array), 'text/plain': describeImage(image) };
      return { data, metadata: { [image.mime]: { alt: describeImage(image) } } };
    }
    return textBundle(value);
  } catch (thrown) {
    return noted(value, `it could not be shown better: ${reasonOf(thrown)}`);
  }
}

function textBundle(value: unknown): MimeBundle {
  return { data: { 'text/plain': plainText(value) }, metadata: {} };
}

function noted(value: unknown, note: string): MimeBundle {
  return { data: { 'text/plain': `${plainText(value)}\n(${note})` }, metadata: {} };
}

async function shownByItself(value: unknown, method: unknown, options: BundleOptions): Promise<MimeBundle> {
  let shown: unknown;
  try {
    shown = await Reflect.apply(method as () => unknown, value, []);
  } catch (thrown) {
    return noted(value, `its Jupyter.display method failed: ${reasonOf(thrown)}`);
  }
  if (typeof shown !== 'object' || shown === null || Array.isArray(shown)) {
    return noted(
      value,
      `its Jupyter.display method gave ${typeof shown}; an object { mimeType: data } was expected`,
    );
  }
  const { data, metadata } = shown as Partial<MimeBundle>;
  const isWhole = typeof data === 'object' && data !== null;
  const bundle: MimeBundle = isWhole
    ? { data: { ...data }, metadata: { ...(metadata ?? {}) } }
    : { data: { ...(shown as Record<string, unknown>) }, metadata: {} };
  if (Object.keys(bundle.data).length === 0)
    return noted(value, 'its Jupyter.display method gave an empty bundle');
  return await completeBundle(bundle, options);
}
