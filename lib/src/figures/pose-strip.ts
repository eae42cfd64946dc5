import {
  type AlphaOverTime,
  alphaBars,
  CONTENT_DOMAIN,
  checkAlpha,
  findingOverTime,
} from './alpha-over-time.js';
import { createFigure, type Figure } from './figure.js';

export interface PoseStripOptions extends AlphaOverTime {
  /** `[time, joints, 2]`, x to the right and y up; the head is joint 0. */
  readonly joints: ArrayLike<number>;
  /** What is joined by a line, by index of joint. */
  readonly bones: readonly (readonly [from: number, to: number])[];
  /** Every how many frames a figure is drawn. Default 4. */
  readonly every?: number;
  readonly title: string;
  /** Default: how much of alpha lies on the stretch. */
  readonly caption?: string;
}

const LIGHT = [205, 210, 216] as const;
const DARK = [0, 60, 110] as const;
const HEIGHT = 210;

/**
 * A movement as stick figures from left to right, dark where alpha is, with alpha of every frame above them. A figure stands for
 * the frames up to the next one and is as dark as their alpha in sum.
 *
 * @throws RangeError where joints are not `[time, joints, 2]` or alpha does not belong to them
 */
export function poseStrip(options: PoseStripOptions): Figure {
  const { joints, bones, alpha, every = 4, title } = options;
  const time = alpha.length;
  checkAlpha(title, options, time);
  const count = joints.length / time / 2;
  const most = Math.max(...bones.flat());
  if (!Number.isInteger(count) || most >= count || !Number.isSafeInteger(every) || every < 1)
    throw new RangeError(
      `Figure "${title}": expected joints [${time} frames, at least ${most + 1}, 2] and every from 1, got ${joints.length} numbers and ${every}.`,
    );
  const bars = alphaBars(
    options,
    alpha.map((_, t) => t),
  );
  const shown = alpha.flatMap((_, t) => (t % every === 0 ? [t] : []));
  const share = shown.map((t) => alpha.slice(t, t + every).reduce((sum, weight) => sum + weight, 0));
  const full = Math.max(...share);
  const plotWidth = 16 * time;
  // One body height is as wide in frames as it is high in pixels, so that nobody is squeezed.
  const tall = 1.25;
  const scale = (HEIGHT / tall) * (time / plotWidth);
  const centre = (t: number) => mean(Array.from({ length: count }, (_, j) => joints[(t * count + j) * 2]!));
  const at = (t: number, joint: number) => ({
    x: t + (every - 1) / 2 + scale * (joints[(t * count + joint) * 2]! - centre(t)),
    y: joints[(t * count + joint) * 2 + 1]!,
  });
  return createFigure({
    title,
    caption: options.caption ?? findingOverTime(options),
    table: {
      columns: ['frame', 'alpha'],
      rows: alpha.map((weight, t) => [t, Number(weight.toFixed(3))]),
    },
    data: [
      ...shown.map((t, i) => {
        const points = bones.flatMap(([from, to]) => [at(t, from), at(t, to), { x: null, y: null }]);
        return {
          type: 'scatter',
          mode: 'lines',
          x: points.map(({ x }) => x),
          y: points.map(({ y }) => y),
          line: { color: shade(share[i]! / full), width: 2.5 },
          hoverinfo: 'skip',
        };
      }),
      {
        type: 'scatter',
        mode: 'markers',
        x: shown.map((t) => at(t, 0).x),
        y: shown.map((t) => at(t, 0).y),
        marker: { size: 10, color: share.map((value) => shade(value / full)) },
        hoverinfo: 'skip',
      },
      bars.trace,
    ],
    layout: {
      width: Math.round(plotWidth + 100),
      height: Math.round(HEIGHT / (CONTENT_DOMAIN[1] - CONTENT_DOMAIN[0])) + 60,
      xaxis: {
        title: { text: 'frame', standoff: 8 },
        range: [-0.5, time - 0.5],
        showgrid: false,
        anchor: 'y',
      },
      yaxis: {
        domain: CONTENT_DOMAIN,
        range: [-0.05, tall - 0.05],
        showticklabels: false,
        showgrid: false,
      },
      yaxis2: bars.axis,
      shapes: bars.shapes,
      showlegend: false,
    },
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** From light grey at 0 to dark blue at 1. */
function shade(weight: number): string {
  const mixed = LIGHT.map((low, i) => Math.round(low + (DARK[i]! - low) * Math.min(1, weight)));
  return `rgb(${mixed.join(',')})`;
}
