import { createFigure, escapeMarkup, type Figure, formatNumber } from './figure.js';

export interface WordHeatmapOptions {
  /** What was read, one a column. */
  readonly words: readonly string[];
  /** What is shown of each word, one a row: gates, units, a probability. */
  readonly rows: readonly string[];
  /** `[rows, words]` */
  readonly values: readonly ArrayLike<number>[];
  /** What a value is. */
  readonly valueTitle: string;
  /** Ends of the scale. Default 0 and 1, the range of a gate. */
  readonly range?: readonly [low: number, high: number];
  readonly title: string;
  /** One sentence that states the finding. */
  readonly caption: string;
}

const CELL_WIDTH = 34;
const CELL_HEIGHT = 30;
const CHARACTER_WIDTH = 8.5;

/**
 * Numbers over the words of a sentence, a column a word: what the gates of a cell did while it read.
 *
 * @throws RangeError when values are not `[rows, words]`, or one is no number
 */
export function wordHeatmap(options: WordHeatmapOptions): Figure {
  const { words, rows, values, valueTitle, range = [0, 1], title, caption } = options;
  if (words.length === 0 || rows.length === 0 || values.length !== rows.length)
    throw new RangeError(
      `Figure "${title}": expected values for ${rows.length} rows of ${words.length} words, at least one of each; got ${values.length} rows.`,
    );
  const z = values.map((row, r) => {
    if (row.length !== words.length || Array.from(row).some((value) => !Number.isFinite(value)))
      throw new RangeError(`Figure "${title}", row "${rows[r]}": expected ${words.length} finite numbers.`);
    return Array.from(row);
  });
  const longest = Math.max(...words.map((word) => word.length));
  const labelHeight = Math.round(24 + longest * CHARACTER_WIDTH * 0.71);
  const left = Math.round(24 + Math.max(...rows.map((row) => row.length)) * CHARACTER_WIDTH);
  const plotWidth = words.length * CELL_WIDTH;
  const plotHeight = rows.length * CELL_HEIGHT;
  const width = Math.max(560, plotWidth + left + 110);
  return createFigure({
    title,
    caption,
    table: {
      columns: ['word', ...rows],
      rows: words.map((word, t) => [word, ...z.map((row) => Number(formatNumber(row[t]!)))]),
    },
    data: [
      {
        type: 'heatmap',
        // Places are numbers, so that a word that comes twice has two columns.
        x: words.map((_, t) => t),
        y: rows.map((_, r) => r),
        z,
        zmin: range[0],
        zmax: range[1],
        zsmooth: false,
        colorscale: 'Cividis',
        xgap: 1,
        ygap: 1,
        customdata: rows.map((row) => words.map((word) => [escapeMarkup(row), escapeMarkup(word)])),
        hovertemplate: '%{customdata[0]} at %{customdata[1]}: %{z:.3f}<extra></extra>',
        colorbar: {
          title: { text: escapeMarkup(valueTitle), side: 'top' },
          thickness: 14,
          outlinewidth: 0,
          tickvals: plotHeight < 180 ? [...range] : [range[0], (range[0] + range[1]) / 2, range[1]],
        },
      },
    ],
    layout: {
      width,
      height: plotHeight + labelHeight + 20,
      margin: { l: left, r: width - plotWidth - left, b: 20, t: labelHeight },
      xaxis: {
        side: 'top',
        tickmode: 'array',
        tickvals: words.map((_, t) => t),
        ticktext: words.map(escapeMarkup),
        tickangle: -45,
        showgrid: false,
      },
      yaxis: {
        tickmode: 'array',
        tickvals: rows.map((_, r) => r),
        ticktext: rows.map(escapeMarkup),
        range: [rows.length - 0.5, -0.5],
        showgrid: false,
      },
    },
  });
}
