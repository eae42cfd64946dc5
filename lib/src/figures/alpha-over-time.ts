import { PALETTE } from './figure.js';

/** Attention over the frames of a sound, a movement or a film, with what is known of them. */
export interface AlphaOverTime {
  /** What each frame was worth; sums to 1. */
  readonly alpha: readonly number[];
  /** The frames that decide, start ... end - 1. */
  readonly stretch?: readonly [start: number, end: number];
}

/** Share of the height for alpha, and the gap below it. */
export const ALPHA_DOMAIN: readonly [number, number] = [0.72, 1];
export const CONTENT_DOMAIN: readonly [number, number] = [0, 0.64];

const TRUTH = '#E69F00';

/** @throws RangeError where alpha does not belong to the frames, or the stretch does not lie in them */
export function checkAlpha(title: string, { alpha, stretch }: AlphaOverTime, frames: number): void {
  if (frames < 2 || alpha.length !== frames)
    throw new RangeError(
      `Figure "${title}": expected one alpha a frame and at least 2 frames, got ${alpha.length} for ${frames}.`,
    );
  const bad = alpha.findIndex((value) => !(value >= 0 && value <= 1 + 1e-6));
  if (bad >= 0)
    throw new RangeError(`Figure "${title}": alpha[${bad}] is ${alpha[bad]}, expected a number from 0 to 1.`);
  if (stretch && !(stretch[0] >= 0 && stretch[0] < stretch[1] && stretch[1] <= frames))
    throw new RangeError(
      `Figure "${title}": the stretch ${stretch.join(' to ')} does not lie in frames 0 to ${frames}.`,
    );
}

/** The bars of alpha on the second y axis, and the stretch as a band behind everything. @param x middle of each frame */
export function alphaBars({ alpha, stretch }: AlphaOverTime, x: readonly number[]) {
  const step = x[1]! - x[0]!;
  const top = Math.min(1, Math.max(...alpha) * 1.15);
  const edge = (frame: number) => x[0]! + (frame - 0.5) * step;
  return {
    trace: {
      type: 'bar',
      x,
      y: alpha,
      yaxis: 'y2',
      width: step * 0.8,
      marker: { color: PALETTE[0] },
      hovertemplate: '%{x}: alpha = %{y:.3f}<extra></extra>',
    },
    axis: {
      domain: ALPHA_DOMAIN,
      range: [0, top],
      title: { text: 'alpha' },
      automargin: true,
      zeroline: false,
      gridcolor: '#e5e5e5',
      nticks: 4,
    },
    shapes: stretch
      ? [
          {
            type: 'rect',
            xref: 'x',
            yref: 'paper',
            x0: edge(stretch[0]),
            x1: edge(stretch[1]),
            y0: 0,
            y1: 1,
            line: { color: TRUTH, width: 2 },
            fillcolor: 'rgba(230,159,0,0.12)',
            layer: 'above',
          },
        ]
      : [],
  };
}

/** Where alpha is largest, and how much of it lies on the true stretch. */
export function findingOverTime({ alpha, stretch }: AlphaOverTime): string {
  const peak = alpha.indexOf(Math.max(...alpha));
  if (stretch === undefined) return `Alpha is largest at frame ${peak}.`;
  const inside = alpha.slice(...stretch).reduce((sum, weight) => sum + weight, 0);
  const hit = peak >= stretch[0] && peak < stretch[1];
  return `${(100 * inside).toFixed(0)} % of alpha lies on the true stretch (framed); its largest value is ${hit ? 'inside' : 'outside'}.`;
}
