import { createFigure, escapeMarkup, type Figure, formatNumber } from './figure.js';

/** Rows `top` ... `bottom` and columns `left` ... `right`, in pixels; the ends are not in it. */
export interface FrameBox {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface ImagePanel {
  /** Written above the picture. */
  readonly name: string;
  /** `[size, size]`, row by row, 0 for paper to 1 for full ink. */
  readonly pixels: ArrayLike<number>;
  readonly size: number;
  /** Weights of the regions, row by row; without it the picture is shown as it is. */
  readonly alpha?: ArrayLike<number>;
  /** Where the right thing lies: a dashed frame. */
  readonly truth?: FrameBox;
  /** What was read at full resolution: a solid frame. */
  readonly read?: FrameBox;
}

export interface ImageAttentionOptions {
  readonly panels: readonly ImagePanel[];
  /** Regions `stride` pixels apart, `side` in each direction, the first centred `first` pixels from both edges. */
  readonly grid: { readonly side: number; readonly stride: number; readonly first: number };
  /** Panels beside each other; by default at most 4. */
  readonly columns?: number;
  readonly title: string;
  /** One sentence that states the finding. */
  readonly caption: string;
}

// A panel is about this wide on the page.
const PANEL = 190;
const GAP = 22;
const NAME = 24;
const TRUTH = '#0072B2';
const READ = '#D55E00';
const FILL = '213, 94, 0';
// Ink must stay readable under full attention.
const STRONGEST = 0.8;
const LEAST_WIDTH = 560;

/**
 * Attention over pictures: each region's cell lies over its pixels, the more orange the larger its weight; full orange is a
 * weight of 1, and a weight of 0 leaves the picture as it is. Nothing is smoothed between cells.
 *
 * @throws RangeError when pixels or weights do not fit or are not from 0 to 1, or there is nothing to draw
 */
export function imageAttention(options: ImageAttentionOptions): Figure {
  const { panels, grid, title, caption, columns = Math.min(4, panels.length) } = options;
  checkPanels(options);
  const size = panels[0]!.size;
  // Whole screen pixels for a pixel of the picture: edges stay sharp.
  const zoom = Math.max(1, Math.round(PANEL / size));
  const wide = size * zoom + GAP;
  const tall = size * zoom + NAME;
  const rows = Math.ceil(panels.length / columns);
  const plotWidth = Math.max(LEAST_WIDTH, columns * wide);
  const plotHeight = rows * tall;
  const placed = panels.map((panel, at) => ({
    ...panel,
    x: (at % columns) * wide,
    y: Math.floor(at / columns) * tall + NAME,
  }));
  return createFigure({
    title,
    caption,
    table: tableOf(panels, grid.side),
    // Plotly draws no axes without a trace.
    data: [{ type: 'scatter', mode: 'markers', x: [], y: [], hoverinfo: 'skip' }],
    layout: {
      width: plotWidth + 32,
      height: plotHeight + 8,
      margin: { l: 16, r: 16, t: 0, b: 8 },
      xaxis: { range: [0, plotWidth], visible: false },
      yaxis: { range: [plotHeight, 0], visible: false },
      shapes: placed.flatMap((panel) => [...inkOf(panel, zoom), ...shapesOf(panel, grid, zoom)]),
      annotations: placed.map(({ name, x, y }) => ({
        text: escapeMarkup(name),
        x,
        y: y - 2,
        xanchor: 'left',
        yanchor: 'bottom',
        showarrow: false,
        font: { size: 12 },
      })),
    },
  });
}

// Steps of grey: more cannot be told apart under a colour.
const GREYS = 8;

/**
 * The ink as one path for each step of grey, of rectangles that are runs of equal pixels: edges are exact at any scale, and a
 * notebook stores a few thousand characters where a heat map would store every blank pixel.
 */
function inkOf({ pixels, size, x, y }: Placed, zoom: number): object[] {
  const paths = Array.from({ length: GREYS }, () => '');
  for (let row = 0; row < size; row++) {
    const grey = (column: number) => Math.round(pixels[row * size + column]! * (GREYS - 1));
    for (let from = 0; from < size; ) {
      let to = from + 1;
      while (to < size && grey(to) === grey(from)) to++;
      const [left, right, top] = [x + from * zoom, x + to * zoom, y + row * zoom];
      paths[grey(from)] += `M${left},${top}H${right}V${top + zoom}H${left}Z`;
      from = to;
    }
  }
  return paths.flatMap((path, level) => {
    const shade = Math.round(255 - (level / (GREYS - 1)) * 238);
    const fillcolor = `rgb(${shade}, ${shade}, ${shade})`;
    return level === 0 || path === '' ? [] : [{ type: 'path', path, fillcolor, line: { width: 0 } }];
  });
}

type Placed = ImagePanel & { readonly x: number; readonly y: number };

function shapesOf(panel: Placed, grid: ImageAttentionOptions['grid'], zoom: number): object[] {
  const { x, y, size, alpha, truth, read } = panel;
  const rect = (box: FrameBox, style: object) => ({
    type: 'rect',
    x0: x + Math.max(0, box.left) * zoom,
    x1: x + Math.min(size, box.right) * zoom,
    y0: y + Math.max(0, box.top) * zoom,
    y1: y + Math.min(size, box.bottom) * zoom,
    ...style,
  });
  const cells = Array.from(alpha ?? [], (weight, region) => {
    const top = grid.first + (Math.floor(region / grid.side) - 0.5) * grid.stride;
    const left = grid.first + ((region % grid.side) - 0.5) * grid.stride;
    const box = { top, left, bottom: top + grid.stride, right: left + grid.stride };
    const opacity = (STRONGEST * Math.min(1, weight)).toFixed(3);
    return rect(box, {
      fillcolor: `rgba(${FILL}, ${opacity})`,
      line: { color: 'rgba(120, 120, 120, 0.35)', width: 1 },
    });
  });
  const whole = { top: 0, left: 0, bottom: size, right: size };
  return [
    ...cells,
    rect(whole, { line: { color: '#444444', width: 1 } }),
    ...(truth ? [rect(truth, { line: { color: TRUTH, width: 2, dash: 'dash' } })] : []),
    ...(read ? [rect(read, { line: { color: READ, width: 2 } })] : []),
  ];
}

function tableOf(panels: readonly ImagePanel[], side: number) {
  return {
    columns: ['picture', 'row of the largest alpha', 'column', 'alpha'],
    rows: panels.map(({ name, alpha }) => {
      if (alpha === undefined) return [name, '', '', ''];
      let best = 0;
      for (let i = 1; i < alpha.length; i++) if (alpha[i]! > alpha[best]!) best = i;
      return [name, Math.floor(best / side), best % side, formatNumber(alpha[best]!)];
    }),
  };
}

function checkPanels({ panels, grid, title, columns = 1 }: ImageAttentionOptions): void {
  if (panels.length === 0) throw new RangeError(`Figure "${title}": expected at least one picture.`);
  if (!Number.isSafeInteger(columns) || columns < 1)
    throw new RangeError(`Figure "${title}": columns must be a positive integer, got ${columns}.`);
  const size = panels[0]!.size;
  for (const { name, pixels, size: own, alpha } of panels) {
    if (own !== size || pixels.length !== size * size)
      throw new RangeError(
        `Figure "${title}", "${name}": expected ${size} x ${size} pixels as in the first picture, got ${pixels.length} of ${own} x ${own}.`,
      );
    const ink = Array.from(pixels).findIndex((value) => !(value >= 0 && value <= 1 + 1e-6));
    if (ink >= 0)
      throw new RangeError(
        `Figure "${title}", "${name}": pixel ${ink} is ${pixels[ink]}, expected a number from 0 to 1.`,
      );
    const wrong = Array.from(alpha ?? []).some((weight) => !(weight >= 0 && weight <= 1 + 1e-6));
    if (alpha !== undefined && (alpha.length !== grid.side ** 2 || wrong))
      throw new RangeError(
        `Figure "${title}", "${name}": expected ${grid.side ** 2} weights from 0 to 1, got ${alpha.length}${wrong ? ', one of them out of range' : ''}.`,
      );
  }
}
