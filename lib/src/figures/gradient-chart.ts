import { lineChart } from './charts.js';
import { type Figure, formatNumber } from './figure.js';

/** |dL/dh_t| for every t of a sequence, T the last. */
export interface GradientSeries {
  readonly name: string;
  readonly norms: ArrayLike<number>;
}

export interface GradientChartOptions {
  readonly series: readonly GradientSeries[];
  /** Shares below it are not drawn: the line ends there. Default 1e-8, what is left of a number in float32. */
  readonly floor?: number;
  readonly title?: string;
  /** Default: what is left of each at its first step, or after how many steps it fell below the floor. */
  readonly caption?: string;
}

/**
 * A gradient on its way back through time: |dL/dh_t| / |dL/dh_T| against the distance T - t, on a logarithmic scale, where a
 * decay by the same factor a step is a straight line.
 *
 * @throws RangeError where there is no series, a series is empty, or the last gradient is no positive number
 */
export function gradientChart({
  series,
  floor = 1e-8,
  title = 'The gradient on its way back',
  caption,
}: GradientChartOptions): Figure {
  const lines = series.map(({ name, norms }) => {
    const last = norms[norms.length - 1] ?? Number.NaN;
    if (!(last > 0 && Number.isFinite(last)))
      throw new RangeError(
        `Gradient "${name}": expected a positive norm at the last of ${norms.length} steps, got ${last}.`,
      );
    const shares = Array.from(norms, (norm) => norm / last).reverse();
    const end = shares.findIndex((share) => !(share >= floor));
    const kept = end < 0 ? shares : shares.slice(0, end);
    return { name, x: kept.map((_, back) => back), y: kept, fell: end >= 0 };
  });
  const said = lines.map(({ name, y, fell }) =>
    fell
      ? `${name}: below ${formatNumber(floor)} after ${y.length} steps`
      : `${name}: ${formatNumber(Number(y.at(-1)!.toPrecision(2)))} left after ${y.length - 1} steps`,
  );
  return lineChart({
    title,
    caption: caption ?? `${said.join('; ')}.`,
    xTitle: 'steps back from the loss, T - t',
    yTitle: '|dL/dh_t| / |dL/dh_T|',
    series: lines,
    log: true,
  });
}
