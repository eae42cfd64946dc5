import { figureToPng, stillSize } from './figure-png.js';
import type { FigureSpec } from './figure-spec.js';
import { base64 } from './image.js';
import { limitText, type MimeBundle, reasonOf } from './mime.js';
import { toSendable } from './sendable.js';

export const plotlyMime = 'application/vnd.plotly.v1+json';

/** A plain `{ data, layout }` that plotly draws: every trace is an object with a type or with values. */
export function isFigureSpec(value: unknown): value is FigureSpec {
  if (typeof value !== 'object' || value === null) return false;
  const { data, layout } = value as { data?: unknown; layout?: unknown };
  if (!Array.isArray(data) || data.length === 0) return false;
  // without a layout only a trace that names its type is taken for one: { data: [{ x: 1 }] } may be anything
  if (layout !== undefined && (typeof layout !== 'object' || layout === null)) return false;
  return data.every((trace) => isTrace(trace, layout !== undefined));
}

const isList = (value: unknown) => Array.isArray(value) || ArrayBuffer.isView(value);

function isTrace(trace: unknown, hasLayout: boolean): boolean {
  if (typeof trace !== 'object' || trace === null || Array.isArray(trace)) return false;
  const { type, x, y, z, values } = trace as Record<string, unknown>;
  const hasValues = [x, y, z, values].some(isList);
  return hasValues && (hasLayout || typeof type === 'string') ? true : hasLayout && typeof type === 'string';
}

const nothing: MimeBundle & { note?: string } = { data: {}, metadata: {} };

/** A figure as plotly JSON (an object), a PNG for viewers without plotly, and a sentence about it. */
export async function figureBundle(
  spec: FigureSpec,
  { stillFigures }: { stillFigures: boolean },
): Promise<MimeBundle> {
  const whole = {
    data: spec.data,
    layout: spec.layout ?? {},
    ...(spec.config ? { config: spec.config } : {}),
  };
  const sendable = toSendable(whole);
  const text = describeFigure(spec);
  if ('lost' in sendable) {
    return { data: { 'text/plain': `${text}\n(the figure cannot be sent: ${sendable.lost})` }, metadata: {} };
  }
  const still = stillFigures ? await stillFigure(sendable.content, text) : nothing;
  const note = still.note ? `\n(${still.note})` : '';
  return {
    data: { [plotlyMime]: sendable.content, ...still.data, 'text/plain': `${text}${note}` },
    metadata: still.metadata,
  };
}

/** What is said of a figure that says nothing of itself: title, axes, kinds and names of its traces. */
export function describeFigure({ data, layout }: FigureSpec): string {
  const options = (layout ?? {}) as Record<string, unknown>;
  const title = titleOf(options);
  const axes = [titleOf(options.xaxis), titleOf(options.yaxis)].filter(Boolean).join(' and ');
  const traces = data.slice(0, 8).map((trace) => {
    const { type, name, x, y, z } = trace as Record<string, unknown>;
    const longest = [y, x, z].find(isList) as ArrayLike<unknown> | undefined;
    const size = longest
      ? ` (${longest.length}${isList(longest[0]) ? ` x ${(longest[0] as []).length}` : ''})`
      : '';
    return `${String(type ?? 'scatter')}${typeof name === 'string' ? ` ${name}` : ''}${size}`;
  });
  if (data.length > traces.length) traces.push(`${data.length - traces.length} more`);
  return limitText(
    `Figure${title ? `: ${title}` : ''}${axes ? `; ${axes}` : ''}; ${traces.join(', ')}`,
    2000,
  );
}

function titleOf(options: unknown): string {
  if (typeof options !== 'object' || options === null) return '';
  const { title } = options as { title?: unknown };
  const text = typeof title === 'object' && title !== null ? (title as { text?: unknown }).text : title;
  return typeof text === 'string'
    ? text
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim()
    : '';
}

/** The PNG of a plotly figure with its size on the page and its alternative text, or the reason why there is none. */
export async function stillFigure(
  spec: unknown,
  alt: string | undefined,
): Promise<MimeBundle & { note?: string }> {
  try {
    const figure = spec as FigureSpec;
    if (!Array.isArray(figure?.data)) throw new Error('a figure needs a list `data` of traces');
    // plotly's JupyterLab extension shows the PNG until the mouse enters it, and a PNG of more pixels too large.
    const png = await figureToPng(figure, { scale: 1 });
    const { width, height } = stillSize(figure);
    return {
      data: { 'image/png': base64(png) },
      metadata: { 'image/png': { alt: alt ?? describeFigure(figure), width, height } },
    };
  } catch (thrown) {
    return { data: {}, metadata: {}, note: `no still image: ${reasonOf(thrown)}` };
  }
}
