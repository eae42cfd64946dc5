import {
  type AlphaOverTime,
  alphaBars,
  CONTENT_DOMAIN,
  checkAlpha,
  findingOverTime,
} from './alpha-over-time.js';
import { createFigure, type Figure } from './figure.js';

export interface SpectrogramAlphaOptions extends AlphaOverTime {
  /** Middle of each frame in seconds. */
  readonly seconds: readonly number[];
  /** Middle of each band in Hz. */
  readonly hertz: readonly number[];
  /** Energy as logarithm, `[time, bands]`, frame after frame. */
  readonly values: ArrayLike<number>;
  readonly title: string;
  /** Default: how much of alpha lies on the stretch. */
  readonly caption?: string;
}

/**
 * Sound over time and pitch, with alpha above it.
 *
 * @throws RangeError where values are not numbers `[time, bands]` or alpha does not belong to them
 */
export function spectrogramAlpha(options: SpectrogramAlphaOptions): Figure {
  const { seconds, hertz, values, alpha, title } = options;
  checkAlpha(title, options, seconds.length);
  if (values.length !== seconds.length * hertz.length)
    throw new RangeError(
      `Figure "${title}": expected ${seconds.length} frames of ${hertz.length} bands, got ${values.length} numbers.`,
    );
  const bad = Array.from(values).findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`Figure "${title}": value ${bad} is ${values[bad]}, not a number.`);
  const bars = alphaBars(options, seconds);
  const z = hertz.map((_, band) => seconds.map((_, t) => values[t * hertz.length + band]!));
  const labels = [...hertz.keys()].filter((band) => band % 5 === 0 || band === hertz.length - 1);
  return createFigure({
    title,
    caption: options.caption ?? findingOverTime(options),
    table: {
      columns: ['seconds', 'alpha', 'loudest band (Hz)'],
      rows: seconds.map((second, t) => [
        Number(second.toFixed(3)),
        Number(alpha[t]!.toFixed(3)),
        Math.round(hertz[largest(z.map((row) => row[t]!))]!),
      ]),
    },
    data: [
      {
        type: 'heatmap',
        x: seconds,
        y: hertz.map((_, band) => band),
        z,
        zsmooth: false,
        colorscale: 'Cividis',
        customdata: hertz.map((middle) => seconds.map(() => Math.round(middle))),
        hovertemplate: '%{x:.2f} s, %{customdata} Hz: %{z:.1f}<extra></extra>',
        colorbar: {
          title: { text: 'ln energy', side: 'top' },
          thickness: 12,
          outlinewidth: 0,
          len: 0.64,
          y: 0.32,
        },
      },
      bars.trace,
    ],
    layout: {
      width: 720,
      height: 380,
      xaxis: { title: { text: 'seconds', standoff: 8 }, showgrid: false, anchor: 'y' },
      yaxis: {
        domain: CONTENT_DOMAIN,
        title: { text: 'Hz' },
        tickmode: 'array',
        tickvals: labels,
        ticktext: labels.map((band) => String(Math.round(hertz[band]! / 10) * 10)),
        showgrid: false,
      },
      yaxis2: bars.axis,
      shapes: bars.shapes,
      showlegend: false,
    },
  });
}

const largest = (values: readonly number[]) => values.indexOf(Math.max(...values));
