import { htmlToText } from './html-text.js';
import { base64, describeImage, recogniseImage } from './image.js';
import { type Displayable, displaySymbol } from './mime.js';
import { plainText } from './text.js';

/** What a viewer that shows text alone gets, and the alternative text of a picture. */
export interface HelperOptions {
  readonly text?: string;
}

function shownAs(data: Record<string, unknown>, metadata: Record<string, unknown> = {}): Displayable {
  return { [displaySymbol]: () => ({ data, metadata }) };
}

function demandText(helper: string, source: unknown): asserts source is string {
  if (typeof source === 'string') return;
  throw new TypeError(
    `${helper}(source): expected a string, got ${source === null ? 'null' : typeof source}`,
  );
}

/** HTML as the last value of a cell. Scripts run only where the viewer trusts the notebook. */
export function html(source: string, options: HelperOptions = {}): Displayable {
  demandText('html', source);
  return shownAs({ 'text/html': source, 'text/plain': options.text ?? (htmlToText(source) || 'HTML') });
}

/** Markdown as the last value of a cell. Its source is its text. */
export function markdown(source: string, options: HelperOptions = {}): Displayable {
  demandText('markdown', source);
  return shownAs({ 'text/markdown': source, 'text/plain': options.text ?? source });
}

/** A formula: LaTeX with its dollar signs (`$...$`, `$$...$$`); without them it is set on a line of its own. */
export function latex(source: string, options: HelperOptions = {}): Displayable {
  demandText('latex', source);
  const isMarked = /^\s*(\$|\\\(|\\\[|\\begin\{)/.test(source);
  return shownAs({ 'text/latex': isMarked ? source : `$$${source}$$`, 'text/plain': options.text ?? source });
}

/** A value as a tree to be folded and unfolded where the viewer has one. */
export function json(value: unknown, options: HelperOptions = {}): Displayable {
  return shownAs({ 'application/json': value, 'text/plain': options.text ?? plainText(value) });
}

/** A drawing. Its text is the given one, else its `<title>` and `<desc>`, else its words. */
export function svg(source: string, options: HelperOptions = {}): Displayable {
  demandText('svg', source);
  if (!/<svg[\s>]/i.test(source)) throw new TypeError('svg(source): there is no <svg> element in the text');
  const parts = ['title', 'desc'].map(
    (tag) => new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, 'i').exec(source)?.[1],
  );
  const said = parts
    .filter(Boolean)
    .map((part) => htmlToText(part!))
    .join(': ');
  return shownAs({
    'image/svg+xml': source,
    'text/plain': options.text ?? (said || htmlToText(source) || 'SVG image'),
  });
}

/** A PNG, JPEG, GIF or WebP from its bytes; `width` and `height` in CSS pixels on the page. */
export function image(
  bytes: Uint8Array,
  options: HelperOptions & { readonly width?: number; readonly height?: number } = {},
): Displayable {
  const facts = recogniseImage(bytes);
  if (!facts) throw new TypeError('image(bytes): expected the bytes of a PNG, JPEG, GIF or WebP file');
  const { text = describeImage(facts), width, height } = options;
  const metadata = { alt: text, ...(width ? { width } : {}), ...(height ? { height } : {}) };
  return shownAs({ [facts.mime]: base64(bytes), 'text/plain': text }, { [facts.mime]: metadata });
}
