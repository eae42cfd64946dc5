import { createFigure, escapeMarkup, type Figure, formatNumber, PALETTE } from './figure.js';

export interface Series {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** A value that the lines are held against. */
export interface Reference {
  readonly name: string;
  readonly y: number;
}

export interface LineChartOptions {
  readonly title: string;
  /** One sentence that states the finding. */
  readonly caption: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly series: readonly Series[];
  readonly references?: readonly Reference[];
  /** Logarithmic y. Default false. */
  readonly log?: boolean;
}

const DASHES = ['solid', 'dash', 'dot', 'dashdot'] as const;

/**
 * Lines over a common x, told apart by colour and dash; references as thin horizontal lines with their name.
 *
 * @throws RangeError when there is no series, or x and y differ in length
 */
export function lineChart({
  title,
  caption,
  xTitle,
  yTitle,
  series,
  references = [],
  log = false,
}: LineChartOptions): Figure {
  if (series.length === 0) throw new RangeError(`Figure "${title}": expected at least one series.`);
  for (const { name, x, y } of series) {
    if (x.length !== y.length || x.length === 0) {
      throw new RangeError(
        `Series "${name}": expected as many x as y, at least one; got ${x.length} and ${y.length}.`,
      );
    }
  }
  return createFigure({
    title,
    caption,
    table: {
      columns: ['series', xTitle, yTitle],
      rows: [
        ...series.flatMap(({ name, x, y }) => x.map((at, index) => [name, at, y[index]!])),
        ...references.map(({ name, y }) => [name, 'all', y]),
      ],
    },
    data: series.map(({ name, x, y }, index) => ({
      type: 'scatter',
      mode: x.length === 1 ? 'markers' : 'lines',
      name: escapeMarkup(name),
      x,
      y,
      line: {
        color: PALETTE[index % PALETTE.length],
        width: 2,
        dash: DASHES[Math.floor(index / PALETTE.length) % DASHES.length],
      },
      hovertemplate: `${escapeMarkup(xTitle)} %{x}<br>%{y:.4g}`,
    })),
    layout: {
      width: 680,
      height: 320,
      showlegend: series.length > 1,
      legend: { orientation: 'h', x: 1, xanchor: 'right', y: 1.02, yanchor: 'bottom' },
      margin: { t: series.length > 1 ? 26 : 6 },
      xaxis: { title: { text: escapeMarkup(xTitle), standoff: 10 } },
      yaxis: {
        title: { text: escapeMarkup(yTitle) },
        ...(log ? { type: 'log', ...decades(series, references) } : {}),
      },
      shapes: references.map(({ y }) => ({
        type: 'line',
        xref: 'paper',
        x0: 0,
        x1: 1,
        y0: y,
        y1: y,
        line: { color: '#444444', width: 1.5, dash: 'dash' },
      })),
      annotations: references.map(({ name, y }) => ({
        xref: 'paper',
        x: 1,
        xanchor: 'right',
        // Shapes take values of a logarithmic axis, annotations take their exponents.
        y: log ? Math.log10(y) : y,
        yanchor: 'bottom',
        text: escapeMarkup(name),
        showarrow: false,
        font: { size: 12 },
        bgcolor: 'rgba(255,255,255,0.75)',
      })),
    },
  });
}

// More labels than this stand too close in the height of a chart.
const MOST_LABELS = 9;

/**
 * Labels of a logarithmic axis at powers of ten: plotly writes the far ones with all digits of their rounding error. Where fewer than
 * two powers lie in what is drawn, labels are plotly's own, which stand between them as well.
 */
function decades(
  series: readonly Series[],
  references: readonly Reference[],
): { tickvals?: number[]; ticktext?: string[] } {
  const exponents = [...series.flatMap(({ y }) => y), ...references.map(({ y }) => y)]
    .filter((y) => y > 0 && Number.isFinite(y))
    .map(Math.log10);
  const [least, most] = [Math.min(...exponents), Math.max(...exponents)];
  if (Math.floor(most) - Math.ceil(least) < 1) return {};
  const low = exponents.reduce((a, b) => Math.min(a, b), 0);
  const high = exponents.reduce((a, b) => Math.max(a, b), low);
  const every = Math.ceil((high - low) / MOST_LABELS) || 1;
  const shown: number[] = [];
  // Multiples of the distance, so that 1 is among them.
  for (let n = Math.floor(low / every); n <= Math.ceil(high / every); n++) shown.push(n * every);
  return { tickvals: shown.map((n) => 10 ** n), ticktext: shown.map(powerOfTen) };
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function powerOfTen(exponent: number): string {
  if (exponent >= -3 && exponent <= 4) return String(Number((10 ** exponent).toPrecision(1)));
  const digits = Array.from(String(Math.abs(exponent)), (digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

export interface TrainingCurveOptions {
  readonly steps: readonly number[];
  /** Mean training loss at each of `steps`, in nats a token. */
  readonly losses: readonly number[];
  /** Loss on other data, at steps of its own. */
  readonly validation?: { readonly steps: readonly number[]; readonly losses: readonly number[] };
  /** What theory says of the loss before the first step: ln of the vocabulary's size for a model that knows nothing. */
  readonly predictedFirstLoss?: number;
  readonly title?: string;
  /** Default: from where to where the loss fell. */
  readonly caption?: string;
  /** Logarithmic loss. Default true: most of training is the small numbers. */
  readonly log?: boolean;
}

/** Loss against step. @throws RangeError as `lineChart` does */
export function trainingCurve(options: TrainingCurveOptions): Figure {
  const { steps, losses, validation, predictedFirstLoss, title = 'Training', log = true } = options;
  const predicted =
    predictedFirstLoss === undefined
      ? ''
      : ` (predicted before training: ${formatNumber(predictedFirstLoss)})`;
  const caption =
    options.caption ??
    `The loss goes from ${formatNumber(losses[0] ?? Number.NaN)}${predicted} at step ${steps[0]} ` +
      `to ${formatNumber(losses.at(-1) ?? Number.NaN)} at step ${steps.at(-1)}.`;
  return lineChart({
    title,
    caption,
    xTitle: 'step',
    yTitle: 'loss (nats a token)',
    series: [
      { name: 'training', x: steps, y: losses },
      ...(validation ? [{ name: 'validation', x: validation.steps, y: validation.losses }] : []),
    ],
    references:
      predictedFirstLoss === undefined
        ? []
        : [{ name: `predicted first loss, ${formatNumber(predictedFirstLoss)}`, y: predictedFirstLoss }],
    log,
  });
}

export interface BarChartOptions {
  readonly title: string;
  /** One sentence that states the finding. */
  readonly caption: string;
  readonly labels: readonly string[];
  readonly values: readonly number[];
  /** What a value is. */
  readonly valueTitle: string;
  /** What a label is. */
  readonly labelTitle: string;
  /** Ends of the value axis. Default: from 0 to the largest value. */
  readonly range?: readonly [number, number];
}

/** One horizontal bar a label, from the top down, its value written at its end. @throws RangeError on unequal counts or none */
export function barChart({
  title,
  caption,
  labels,
  values,
  valueTitle,
  labelTitle,
  range,
}: BarChartOptions): Figure {
  if (labels.length !== values.length || labels.length === 0) {
    throw new RangeError(
      `Figure "${title}": ${labels.length} labels for ${values.length} values; give equally many, at least one.`,
    );
  }
  const [low, high] = range ?? [Math.min(0, ...values), Math.max(0, ...values)];
  return createFigure({
    title,
    caption,
    table: { columns: [labelTitle, valueTitle], rows: labels.map((label, index) => [label, values[index]!]) },
    data: [
      {
        type: 'bar',
        orientation: 'h',
        x: values,
        y: labels.map((_, index) => index),
        text: values.map(formatNumber),
        textposition: 'outside',
        cliponaxis: false,
        marker: { color: PALETTE[0] },
        customdata: labels.map(escapeMarkup),
        hovertemplate: '%{customdata}: %{x}<extra></extra>',
      },
    ],
    layout: {
      width: 680,
      height: labels.length * 24 + 70,
      bargap: 0.3,
      margin: { r: 60, t: 6 },
      xaxis: { title: { text: escapeMarkup(valueTitle), standoff: 10 }, range: [low, high] },
      yaxis: {
        tickmode: 'array',
        tickvals: labels.map((_, index) => index),
        ticktext: labels.map(escapeMarkup),
        range: [labels.length - 0.5, -0.5],
        showgrid: false,
      },
    },
  });
}
