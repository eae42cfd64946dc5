import { createFigure, escapeMarkup, type Figure, formatNumber, type Table } from './figure.js';

export interface AlignmentHeatmapOptions {
  /** What was read, token by token, as `alpha` has columns. */
  readonly source: readonly string[];
  /** What was written, token by token, as `alpha` has rows. */
  readonly target: readonly string[];
  /** `[target, source]`: alpha[t][t'] is the attention that output t pays to input t'. */
  readonly alpha: readonly ArrayLike<number>[];
  /** The true input positions of each output, start ... end - 1, drawn as frames. */
  readonly spans?: readonly (readonly [start: number, end: number] | null)[];
  readonly title?: string;
  /** What the columns are; `read` by default. */
  readonly sourceTitle?: string;
  /** What the rows are; `written` by default. */
  readonly targetTitle?: string;
  /** Default: how often the largest attention lies on the true place, or how large it is. */
  readonly caption?: string;
}

const LEAST_CELL = 26;
const MOST_CELL = 56;
// A short sentence fills about this much, so that it is not a stamp in an empty frame.
const GOOD_WIDTH = 400;
const CHARACTER_WIDTH = 8.5;
// Wide enough for the longest caption lines and the colour bar.
const LEAST_WIDTH = 560;
// On the dark of 0 and on the yellow of 1 alike.
const FRAME = '#ff6a3d';

/**
 * Attention as a picture: a row an output, a column an input, brightness alpha from 0 to 1. Axes carry the tokens
 * themselves; positions are numbers, so that a character that comes twice has two columns. Blanks are shown as ␣.
 *
 * @throws RangeError when alpha is not `[target, source]` or holds something else than numbers from 0 to 1
 */
export function alignmentHeatmap(options: AlignmentHeatmapOptions): Figure {
  const { source, target, spans, title = 'Where each output looks' } = options;
  const alpha = checkedAlpha(options);
  const cell = Math.round(Math.min(MOST_CELL, Math.max(LEAST_CELL, GOOD_WIDTH / source.length)));
  const longest = Math.max(...source.map((token) => Array.from(token).length));
  const wide = longest * CHARACTER_WIDTH > cell;
  // Labels that do not fit beside one another stand aslant and need height.
  const labelHeight = wide ? Math.round(24 + longest * CHARACTER_WIDTH * 0.71) : 22;
  const plotWidth = source.length * cell;
  const plotHeight = target.length * cell;
  const width = Math.max(LEAST_WIDTH, plotWidth + 180);
  const rows = tableRows(source, target, alpha, spans);
  return createFigure({
    title,
    caption: options.caption ?? finding(alpha, spans),
    table: {
      columns: ['output', 'looks most at', 'position', 'alpha', ...(spans ? ['true source'] : [])],
      rows,
    },
    data: [
      {
        type: 'heatmap',
        x: source.map((_, index) => index),
        y: target.map((_, index) => index),
        z: alpha,
        zmin: 0,
        zmax: 1,
        zsmooth: false,
        colorscale: 'Cividis',
        // Gaps tell neighbours apart, and keep renderers from blurring a small picture when they enlarge it.
        xgap: 1,
        ygap: 1,
        customdata: target.map((output) =>
          source.map((input) => [escapeMarkup(show(output)), escapeMarkup(show(input))]),
        ),
        hovertemplate:
          'output %{y}: %{customdata[0]}<br>input %{x}: %{customdata[1]}<br>alpha = %{z:.3f}<extra></extra>',
        colorbar: {
          title: { text: 'alpha', side: 'top' },
          thickness: 14,
          outlinewidth: 0,
          tickvals: plotHeight < 180 ? [0, 1] : [0, 0.25, 0.5, 0.75, 1],
        },
      },
    ],
    layout: {
      width,
      height: plotHeight + labelHeight + 28 + 20,
      margin: { l: 80, r: width - plotWidth - 80, b: 20, t: labelHeight + 28 },
      plot_bgcolor: '#ffffff',
      xaxis: axis(options.sourceTitle ?? 'read', source, { side: 'top', tickangle: wide ? -45 : 0 }),
      yaxis: axis(options.targetTitle ?? 'written', target, {
        autorange: false,
        range: [target.length - 0.5, -0.5],
      }),
      shapes: (spans ?? []).flatMap((span, output) => (span === null ? [] : [frame(span, output)])),
    },
  });
}

function axis(title: string, tokens: readonly string[], more: object): object {
  return {
    title: { text: title, standoff: 8 },
    tickmode: 'array',
    tickvals: tokens.map((_, index) => index),
    ticktext: tokens.map((token) => escapeMarkup(show(token))),
    ticklabelstandoff: 4,
    range: [-0.5, tokens.length - 0.5],
    showgrid: false,
    ...more,
  };
}

function frame([start, end]: readonly [number, number], output: number): object {
  const inset = 0.06;
  return {
    type: 'rect',
    x0: start - 0.5 + inset,
    x1: end - 0.5 - inset,
    y0: output - 0.5 + inset,
    y1: output + 0.5 - inset,
    line: { color: FRAME, width: 2 },
  };
}

function show(token: string): string {
  return token.replaceAll(' ', '␣');
}

function checkedAlpha({ source, target, alpha }: AlignmentHeatmapOptions): number[][] {
  if (source.length === 0 || target.length === 0) {
    throw new RangeError('Nothing to draw: expected at least one source and one target token.');
  }
  const wrong = alpha.findIndex((row) => row.length !== source.length);
  if (alpha.length !== target.length || wrong >= 0) {
    throw new RangeError(
      `alpha must be [target, source] = [${target.length}, ${source.length}]; got ${alpha.length} rows` +
        `${wrong >= 0 ? `, row ${wrong} with ${alpha[wrong]!.length} values` : ''}. Cut padding off, and the row of the end sign, or name it.`,
    );
  }
  return alpha.map((row, t) =>
    Array.from(row, (value, at) => {
      // Sums of 32-bit softmaxes may stick out by a rounding error.
      if (!(value >= 0 && value <= 1 + 1e-6)) {
        throw new RangeError(`alpha[${t}][${at}] is ${value}: expected a number from 0 to 1.`);
      }
      return Math.min(value, 1);
    }),
  );
}

function tableRows(
  source: readonly string[],
  target: readonly string[],
  alpha: readonly number[][],
  spans: AlignmentHeatmapOptions['spans'],
): Table['rows'] {
  return target.map((output, t) => {
    const at = largest(alpha[t]!);
    const span = spans?.[t];
    const truth = span ? source.slice(...span).join('') : 'none';
    return [
      show(output),
      show(source[at]!),
      at,
      Number(alpha[t]![at]!.toFixed(3)),
      ...(spans ? [show(truth)] : []),
    ];
  });
}

function finding(alpha: readonly number[][], spans: AlignmentHeatmapOptions['spans']): string {
  const peaks = alpha.map((row) => row[largest(row)]!);
  const mean = formatNumber(Number((peaks.reduce((sum, peak) => sum + peak, 0) / peaks.length).toFixed(2)));
  const aligned = alpha.flatMap((row, t) => {
    const span = spans?.[t];
    const at = largest(row);
    return span ? [at >= span[0] && at < span[1]] : [];
  });
  if (aligned.length === 0) return `The largest attention of an output is ${mean} on average.`;
  const hits = aligned.filter(Boolean).length;
  return (
    `${hits} of ${aligned.length} outputs with a source look most at their true place (framed); ` +
    `the largest attention of an output is ${mean} on average.`
  );
}

function largest(row: readonly number[]): number {
  return row.indexOf(Math.max(...row));
}
