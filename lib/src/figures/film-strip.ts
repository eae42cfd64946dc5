import {
  type AlphaOverTime,
  alphaBars,
  CONTENT_DOMAIN,
  checkAlpha,
  findingOverTime,
} from './alpha-over-time.js';
import { createFigure, type Figure } from './figure.js';

export interface FilmStripOptions extends AlphaOverTime {
  /** `[time, size, size]`, frame after frame, row by row, from 0 to 1. */
  readonly pixels: ArrayLike<number>;
  /** Height and width of a frame in pixels. */
  readonly size: number;
  readonly title: string;
  /** Default: how much of alpha lies on the stretch. */
  readonly caption?: string;
}

const CELL = 62;

/**
 * The frames of a clip side by side with alpha above each.
 *
 * @throws RangeError where pixels are not `[time, size, size]` or alpha does not belong to them
 */
export function filmStrip(options: FilmStripOptions): Figure {
  const { pixels, size, alpha, title } = options;
  const time = alpha.length;
  checkAlpha(title, options, time);
  if (pixels.length !== time * size * size)
    throw new RangeError(
      `Figure "${title}": expected ${time} frames of ${size} x ${size} pixels, got ${pixels.length} numbers.`,
    );
  const bars = alphaBars(
    options,
    alpha.map((_, t) => t),
  );
  // A column of nothing between frames.
  const wide = size + 1;
  const x = Array.from(
    { length: time * wide },
    (_, i) => Math.floor(i / wide) - 0.5 + ((i % wide) + 0.5) / wide,
  );
  const z = Array.from({ length: size }, (_, row) =>
    x.map((_, i) => {
      const column = i % wide;
      return column === size ? null : pixels[(Math.floor(i / wide) * size + row) * size + column]!;
    }),
  );
  const width = time * CELL + 100;
  return createFigure({
    title,
    caption: options.caption ?? findingOverTime(options),
    table: {
      columns: ['frame', 'alpha'],
      rows: alpha.map((weight, t) => [t, Number(weight.toFixed(3))]),
    },
    data: [
      {
        type: 'heatmap',
        x,
        y: Array.from({ length: size }, (_, row) => row),
        z,
        zmin: 0,
        zmax: 1,
        zsmooth: false,
        colorscale: [
          [0, '#f4f4f4'],
          [1, '#111111'],
        ],
        showscale: false,
        hoverinfo: 'skip',
      },
      bars.trace,
    ],
    layout: {
      width,
      height: Math.round(CELL / (CONTENT_DOMAIN[1] - CONTENT_DOMAIN[0])) + 110,
      xaxis: {
        title: { text: 'frame', standoff: 8 },
        range: [-0.5, time - 0.5],
        dtick: 1,
        showgrid: false,
        anchor: 'y',
      },
      yaxis: {
        domain: CONTENT_DOMAIN,
        range: [size - 0.5, -0.5],
        showticklabels: false,
        showgrid: false,
      },
      yaxis2: bars.axis,
      shapes: bars.shapes,
      showlegend: false,
    },
  });
}
