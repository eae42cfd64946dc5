import type { FigureSpec } from './figure-spec.js';

/** Size of a still picture in CSS pixels; `scale` is the PNG's pixels for each of them. */
export interface StillOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scale?: number;
}

/** plotly's own size for a figure that names none; twice the pixels, since screens of today have them. */
export const defaultStill = { width: 700, height: 450, scale: 2 } as const;

/** Larger pictures are refused: 40 megapixels are more than any page shows. */
const maxPixels = 40e6;

/** Width and height that a figure will have on the page. */
export function stillSize(
  { layout }: FigureSpec,
  options: StillOptions = {},
): { width: number; height: number } {
  const wanted = (layout ?? {}) as { width?: unknown; height?: unknown };
  const pick = (given: number | undefined, own: unknown, standard: number) =>
    Math.round(given ?? (typeof own === 'number' && own >= 10 ? own : standard));
  return {
    width: pick(options.width, wanted.width, defaultStill.width),
    height: pick(options.height, wanted.height, defaultStill.height),
  };
}

/**
 * A plotly figure as an SVG document, drawn without a browser. The same figure gives the same text on every
 * machine: the only font is the one that comes with this package.
 *
 * @throws Error if the figure needs WebGL or the network, is too large, or plotly refuses it.
 */
export async function figureToSvg(spec: FigureSpec, options: StillOptions = {}): Promise<string> {
  const size = checkedSize(spec, options);
  const { drawSvg } = await loadDrawing();
  return await drawSvg(spec, size);
}

/** A plotly figure as a PNG; else as `figureToSvg`. */
export async function figureToPng(spec: FigureSpec, options: StillOptions = {}): Promise<Buffer> {
  const { scale = defaultStill.scale } = options;
  const size = checkedSize(spec, options);
  const { Resvg, drawSvg, fontFiles } = await loadDrawing();
  const svg = await drawSvg(spec, size);
  const picture = new Resvg(svg, {
    fitTo: { mode: 'width', value: Math.round(size.width * scale) },
    background: 'white',
    font: {
      fontFiles: fontFiles(),
      loadSystemFonts: false,
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
      serifFamily: 'DejaVu Sans',
      monospaceFamily: 'DejaVu Sans Mono',
    },
    logLevel: 'off',
  });
  return picture.render().asPng();
}

/** Fonts, renderer and window are loaded with the first figure: most cells of most notebooks have none. */
async function loadDrawing() {
  const [{ Resvg }, { drawSvg, openDrawing }, { fontFiles }] = await Promise.all([
    import('@resvg/resvg-js'),
    import('./figure-window.js'),
    import('./fonts.js'),
  ]);
  return { Resvg, drawSvg, openDrawing, fontFiles };
}

/** Makes everything ready, which takes about a second, before the first figure needs it. */
export async function prepareFigures(): Promise<void> {
  const { openDrawing } = await loadDrawing();
  await openDrawing();
}

function checkedSize(spec: FigureSpec, options: StillOptions): { width: number; height: number } {
  const size = stillSize(spec, options);
  const { scale = defaultStill.scale } = options;
  const pixels = size.width * size.height * scale * scale;
  if (!(size.width >= 10 && size.height >= 10 && scale > 0 && pixels <= maxPixels)) {
    throw new RangeError(
      `a still image of ${size.width} x ${size.height} at scale ${scale} cannot be drawn: ` +
        `expected at least 10 x 10 and at most ${maxPixels} pixels in all`,
    );
  }
  return size;
}
