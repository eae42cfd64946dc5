import type { FigureSpec } from './figure-spec.js';
import { textWidth } from './fonts.js';
import { toSendable } from './sendable.js';

type Fields = Record<string, unknown>;

/** Traces that only WebGL draws: there is none without a browser. */
const needsWebGl = new Set([
  'scatter3d',
  'surface',
  'mesh3d',
  'cone',
  'streamtube',
  'volume',
  'isosurface',
  'splom',
  'parcoords',
]);

/** Traces that fetch maps from the network. */
const needsMap = /^(scattergeo|choropleth|(scatter|choropleth|density)(map|mapbox))$/;

/** Traces that have a twin which is drawn with plain SVG. */
const svgTwins: Record<string, string> = {
  scattergl: 'scatter',
  scatterpolargl: 'scatterpolar',
  heatmapgl: 'heatmap',
};

/** Marks of scatter plots and bars are elements each; more of them than this block the process for seconds. */
const maxPoints = 100_000;

/**
 * The figure as it is drawn without a browser: a copy, WebGL traces replaced by their twins, labels kept inside
 * by default, a long title broken into lines.
 *
 * @throws Error that says why a figure has no still image.
 */
export function prepareFigure(spec: FigureSpec, width: number): { data: Fields[]; layout: Fields } {
  const sendable = toSendable({ data: spec.data, layout: spec.layout ?? {} });
  if ('lost' in sendable) throw new Error(`the figure is not plain data: ${sendable.lost}`);
  const { data, layout } = sendable.content as { data: Fields[]; layout: Fields };
  if (!Array.isArray(data) || !data.every((trace) => typeof trace === 'object' && trace !== null)) {
    throw new TypeError('a figure needs a list `data` of traces, each an object');
  }
  let points = 0;
  for (const trace of data) {
    const type = String(trace.type ?? 'scatter');
    if (needsWebGl.has(type)) throw new Error(`a '${type}' trace needs WebGL, which only a browser has`);
    if (needsMap.test(type)) throw new Error(`a '${type}' trace needs maps from the network`);
    if (type === 'image' && trace.source) {
      throw new Error("an 'image' trace with a source is decoded by a browser alone; give its colours as z");
    }
    if (svgTwins[type]) trace.type = svgTwins[type];
    if (type === 'scatter' || type === 'bar' || svgTwins[type]) points += pointsOf(trace);
  }
  if (points > maxPoints) {
    throw new Error(`${points} points are too many for a still image (at most ${maxPoints}); thin them out`);
  }
  dropRemoteImages(layout);
  keepLabelsInside(layout);
  breakTitle(layout, width);
  liftTitle(layout);
  return { data, layout };
}

/** A drawing must not depend on the network, nor wait for it. */
function dropRemoteImages(layout: Fields): void {
  if (!Array.isArray(layout.images)) return;
  layout.images = layout.images.filter((image: Fields | null) => String(image?.source).startsWith('data:'));
}

function pointsOf({ x, y }: Fields): number {
  return Math.max(Array.isArray(x) ? x.length : 0, Array.isArray(y) ? y.length : 0);
}

/** Where a figure does not say otherwise, margins grow with the labels: nobody can scroll or zoom a picture. */
function keepLabelsInside(layout: Fields): void {
  layout.xaxis ??= {};
  layout.yaxis ??= {};
  for (const [key, axis] of Object.entries(layout)) {
    if (!/^[xy]axis\d*$/.test(key) || typeof axis !== 'object' || axis === null) continue;
    const fields = axis as Fields;
    fields.automargin ??= true;
    const title = titleFields(fields.title);
    // a distance from the labels themselves; plotly's other rule puts it into the plot below
    if (title) fields.title = { standoff: titleStandoff, ...title };
  }
}

/** As in the template that plotly gives its Python users. */
const titleStandoff = 15;

function titleFields(title: unknown): Fields | undefined {
  if (typeof title === 'string') return { text: title };
  return typeof title === 'object' && title !== null ? (title as Fields) : undefined;
}

/** plotly's rule: 1.4 times the size of all other text, 12 pixels by default. */
function titleSize(layout: Fields, title: Fields): number {
  const own = (title.font as Fields | undefined)?.size;
  if (typeof own === 'number') return own;
  return Math.round(1.4 * Number((layout.font as Fields | undefined)?.size ?? 12));
}

/** plotly does not break titles; one that is wider than the picture would lose both its ends. */
function breakTitle(layout: Fields, width: number): void {
  const title = titleFields(layout.title);
  if (!title) return;
  const { text } = title;
  if (typeof text !== 'string' || /<br\s*\/?>/i.test(text)) return;
  const size = titleSize(layout, title);
  const fits = (line: string) => textWidth(line.replace(/<[^>]*>/g, ''), 'regular') * size <= width * 0.92;
  if (fits(text)) return;
  const lines = [''];
  for (const word of text.split(/ +/)) {
    const longer = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
    if (fits(longer)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  layout.title = { ...title, text: lines.filter(Boolean).join('<br>') };
  const margin = (layout.margin ?? {}) as Fields;
  if (margin.t === undefined && !hasAxisAtTop(layout))
    layout.margin = { ...margin, t: 100 + (lines.length - 2) * size * 1.3 };
}

/** Labels at the top would lie under the title, which plotly moves away from them only if it is told to. */
function liftTitle(layout: Fields): void {
  const title = titleFields(layout.title);
  if (!hasAxisAtTop(layout) || !title || title.y !== undefined || title.automargin !== undefined) return;
  const margin = (layout.margin ?? {}) as Fields;
  const moreLines = String(title.text ?? '').match(/<br\s*\/?>/gi)?.length ?? 0;
  if (moreLines > 0 && margin.t !== undefined) return;
  // plotly moves a title of several lines up by this much in making room for it, at the top out of the picture
  const lifted = moreLines > 0 ? (1.3 * moreLines + 1) * titleSize(layout, title) : 0;
  const pad = { t: 15 + lifted, b: 10 - 0.6 * lifted };
  layout.title = { ...title, automargin: true, yref: 'container', y: 1, yanchor: 'top', pad };
  // a small margin to start from: plotly adds title and labels only where they exceed it
  layout.margin = { t: 20, ...margin };
}

function hasAxisAtTop(layout: Fields): boolean {
  return Object.entries(layout).some(
    ([key, axis]) => /^xaxis\d*$/.test(key) && (axis as Fields | null)?.side === 'top',
  );
}
