import type { FigureSpec } from './figure-png.js';
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
  let points = 0;
  for (const trace of data) {
    const type = String(trace.type ?? 'scatter');
    if (needsWebGl.has(type)) throw new Error(`a '${type}' trace needs WebGL, which only a browser has`);
    if (needsMap.test(type)) throw new Error(`a '${type}' trace needs maps from the network`);
    if (svgTwins[type]) trace.type = svgTwins[type];
    if (type === 'scatter' || type === 'bar' || svgTwins[type]) points += pointsOf(trace);
  }
  if (points > maxPoints) {
    throw new Error(`${points} points are too many for a still image (at most ${maxPoints}); thin them out`);
  }
  keepLabelsInside(layout);
  breakTitle(layout, width);
  return { data, layout };
}

function pointsOf({ x, y }: Fields): number {
  return Math.max(Array.isArray(x) ? x.length : 0, Array.isArray(y) ? y.length : 0);
}

/** Where a figure does not say otherwise, margins grow with the tick labels: nobody can scroll a picture. */
function keepLabelsInside(layout: Fields): void {
  layout.xaxis ??= {};
  layout.yaxis ??= {};
  for (const [key, axis] of Object.entries(layout)) {
    if (/^[xy]axis\d*$/.test(key) && typeof axis === 'object' && axis !== null)
      (axis as Fields).automargin ??= true;
  }
}

const titleSize = 17;

/** plotly does not break titles; one that is wider than the picture would lose both its ends. */
function breakTitle(layout: Fields, width: number): void {
  const given = layout.title;
  const title: Fields = typeof given === 'string' ? { text: given } : ((given ?? {}) as Fields);
  const { text } = title;
  if (typeof text !== 'string' || /<br\s*\/?>/i.test(text)) return;
  const size = Number((title.font as Fields | undefined)?.size ?? titleSize);
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
  if (margin.t === undefined) layout.margin = { ...margin, t: 100 + (lines.length - 2) * size * 1.3 };
}
