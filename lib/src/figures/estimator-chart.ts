import { createFigure, escapeMarkup, type Figure, formatNumber, PALETTE } from './figure.js';

/** What an estimator of a gradient does: in the mean, and around it. */
export interface EstimatorPoint {
  readonly name: string;
  /** Length of mean estimate less exact gradient; 0 is drawn as 0. */
  readonly bias: number;
  /** Sum of the variances of its components; above 0. */
  readonly variance: number;
}

/** An estimator with a temperature, at several of them. */
export interface EstimatorPath {
  readonly name: string;
  readonly points: readonly {
    readonly temperature: number;
    readonly bias: number;
    readonly variance: number;
  }[];
}

export interface EstimatorChartOptions {
  readonly estimators: readonly EstimatorPoint[];
  readonly paths?: readonly EstimatorPath[];
  readonly title?: string;
  /** Default: the unbiased one of least variance, and the biased one of least bias. */
  readonly caption?: string;
}

const WIDTH = 720;
const HEIGHT = 460;
/** Height of a label and its distance to the next. */
const LINE = 17;

/**
 * Estimators of a gradient by their bias (across) and variance (upwards, logarithmic): the best lie low and left. Unbiased ones
 * stand in a column at 0 with their names to the left; those with a temperature are lines.
 *
 * @throws RangeError where there is nothing to draw, a bias is negative, or a variance is not above 0
 */
export function estimatorChart({
  estimators,
  paths = [],
  title = 'Bias and variance of the estimators',
  caption,
}: EstimatorChartOptions): Figure {
  const all = [
    ...estimators,
    ...paths.flatMap(({ name, points }) =>
      points.map((point) => ({ ...point, name: `${name}, temperature ${point.temperature}` })),
    ),
  ];
  if (all.length === 0) throw new RangeError(`Figure "${title}": expected at least one estimator.`);
  for (const { name, bias, variance } of all) {
    if (!(bias >= 0 && Number.isFinite(bias)) || !(variance > 0 && Number.isFinite(variance)))
      throw new RangeError(
        `Estimator "${name}": expected a bias of at least 0 and a variance above 0, got ${bias} and ${variance}.`,
      );
  }
  const right = Math.max(...all.map(({ bias }) => bias), 1e-9);
  const exponents = all.map(({ variance }) => Math.log10(variance));
  const [low, high] = [Math.min(...exponents) - 0.35, Math.max(...exponents) + 0.35];
  const unbiased = estimators.filter(({ bias }) => bias < right / 200);
  const biased = estimators.filter(({ bias }) => bias >= right / 200);

  return createFigure({
    title,
    caption: caption ?? defaultCaption(all),
    table: {
      columns: ['estimator', 'bias', 'variance'],
      rows: all.map(({ name, bias, variance }) => [name, bias, variance]),
    },
    data: [
      marks('unbiased', unbiased, PALETTE[0], 'circle'),
      marks('biased', biased, PALETTE[1], 'diamond'),
      ...paths.map(({ name, points }, n) => ({
        type: 'scatter',
        mode: 'lines+markers+text',
        name: escapeMarkup(name),
        x: points.map(({ bias }) => bias),
        y: points.map(({ variance }) => variance),
        text: points.map(({ temperature }) => `τ ${formatNumber(temperature)}`),
        // The lines fall to the right, so these corners are free; but not so near the column of the unbiased.
        textposition: points.map(({ bias }) =>
          n % 2 === 1 ? 'top right' : bias < right / 4 ? 'bottom center' : 'bottom left',
        ),
        textfont: { size: 11, color: '#444444' },
        marker: { size: 8, symbol: n % 2 === 0 ? 'square' : 'triangle-up' },
        line: { color: PALETTE[2 + (n % 3)], width: 2, dash: n % 2 === 0 ? 'solid' : 'dash' },
        hovertemplate: `${escapeMarkup(name)}, %{text}<br>bias %{x:.4g}<br>variance %{y:.3g}<extra></extra>`,
      })),
    ].filter(({ x }) => x.length > 0),
    layout: {
      width: WIDTH,
      height: HEIGHT,
      showlegend: true,
      legend: { orientation: 'h', x: 1, xanchor: 'right', y: 1.02, yanchor: 'bottom' },
      margin: { t: 26 },
      xaxis: {
        title: { text: 'bias: length of mean estimate less exact gradient', standoff: 10 },
        // Room for the names of the unbiased ones; no bias is negative, so there are no numbers there.
        range: [unbiased.length > 0 ? -0.32 * right : -0.04 * right, 1.12 * right],
        ...ticksFromZero(right),
      },
      yaxis: { title: { text: 'variance' }, type: 'log', range: [low, high], ...powersOfTen(low, high) },
      shapes: [
        {
          type: 'line',
          x0: 0,
          x1: 0,
          yref: 'paper',
          y0: 0,
          y1: 1,
          layer: 'below',
          line: { color: '#444444', width: 1 },
        },
      ],
      annotations: [...names(unbiased, 'left', low, high), ...names(biased, 'below', low, high)],
    },
  });
}

function marks(name: string, points: readonly EstimatorPoint[], color: string, symbol: string) {
  return {
    type: 'scatter',
    mode: 'markers',
    name,
    x: points.map(({ bias }) => bias),
    y: points.map(({ variance }) => variance),
    text: points.map((point) => escapeMarkup(point.name)),
    marker: { size: 9, color, symbol },
    hovertemplate: '%{text}<br>bias %{x:.4g}<br>variance %{y:.3g}<extra></extra>',
  };
}

/**
 * Names to the left of their points, moved apart where they would lie on one another, or below them, where few others lie: low
 * is good. A thin line leads to the point.
 */
function names(
  points: readonly EstimatorPoint[],
  side: 'left' | 'below',
  low: number,
  high: number,
): Record<string, unknown>[] {
  const sorted = [...points].sort((a, b) => b.variance - a.variance);
  const at = sorted.map(({ variance }) => ((high - Math.log10(variance)) / (high - low)) * (HEIGHT - 56));
  // From above: each at least a line below the one before; then the whole column back up by half of what it was pushed.
  const placed: number[] = [];
  for (const y of at) placed.push(Math.max(y, (placed.at(-1) ?? -LINE) + LINE));
  const pushed = Math.max(0, ...placed.map((y, n) => y - at[n]!));
  const up = Math.min(pushed / 2, Math.max(0, (placed[0] ?? 0) - LINE / 2));
  return sorted.map(({ name, bias, variance }, n) => ({
    x: bias,
    // Annotations take the exponent of a logarithmic axis.
    y: Math.log10(variance),
    text: escapeMarkup(name),
    showarrow: true,
    arrowhead: 0,
    arrowwidth: 0.8,
    arrowcolor: '#888888',
    standoff: 5,
    ...(side === 'left'
      ? { ax: -24, ay: placed[n]! - at[n]! - up, xanchor: 'right' }
      : { ax: 0, ay: 26, xanchor: 'center' }),
    font: { size: 12 },
    bgcolor: 'rgba(255,255,255,0.75)',
  }));
}

/** Ticks of round numbers from 0 on. */
function ticksFromZero(right: number): { tickvals: number[]; ticktext: string[] } {
  const rough = right / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((n) => n * unit >= rough) ?? 10) * unit;
  const tickvals = Array.from({ length: Math.floor((1.12 * right) / step) + 1 }, (_, n) => n * step);
  return { tickvals, ticktext: tickvals.map(formatNumber) };
}

/** Ticks at powers of ten, written out: plotly writes 0.0001 as 100 millionths. */
function powersOfTen(low: number, high: number): { tickvals: number[]; ticktext: string[] } {
  const exponents = Array.from(
    { length: Math.max(0, Math.floor(high) - Math.ceil(low) + 1) },
    (_, n) => Math.ceil(low) + n,
  );
  return {
    tickvals: exponents.map((n) => 10 ** n),
    ticktext: exponents.map((n) =>
      n < -6 || n > 6 ? `1e${n}` : n < 0 ? (10 ** n).toFixed(-n) : String(10 ** n),
    ),
  };
}

function defaultCaption(all: readonly EstimatorPoint[]): string {
  const by = (of: (point: EstimatorPoint) => number) => (a: EstimatorPoint, b: EstimatorPoint) =>
    of(a) - of(b);
  const [quiet] = all.filter(({ bias }) => bias === 0).sort(by(({ variance }) => variance));
  const [near] = all.filter(({ bias }) => bias > 0).sort(by(({ bias }) => bias));
  const said = [
    quiet && `Of the unbiased ones ${quiet.name} varies least (${formatNumber(quiet.variance)})`,
    near &&
      `of the biased ones ${near.name} is off least, by ${formatNumber(near.bias)}, with variance ${formatNumber(near.variance)}`,
  ].filter((part) => part !== undefined);
  const text = said.join('; ');
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
