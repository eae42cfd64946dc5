import { PNG } from 'pngjs';

/**
 * A canvas that keeps what plotly draws on it (filled cells, or pixels) in place of a bitmap, so that heat maps
 * become crisp rectangles in the still picture. It knows the few calls that plotly's heat maps and images make.
 */
export interface CellCanvas {
  readonly id: number;
  cells: { x: number; y: number; width: number; height: number; fill: string }[];
  pixels: { width: number; height: number; data: Uint8ClampedArray } | undefined;
  width: number;
  height: number;
}

const marker = 'data:image/x-cells,';

/** More rectangles than this make a slow and heavy document; a bitmap without smoothing shows the same. */
const maxCells = 20_000;

export class CellCanvases {
  readonly #byElement = new WeakMap<object, CellCanvas>();
  #all: CellCanvas[] = [];

  /** Forgets all, before the next figure. */
  clear(): void {
    this.#all = [];
  }

  #of(element: { width: number; height: number }): CellCanvas {
    let canvas = this.#byElement.get(element);
    if (!canvas || !this.#all.includes(canvas)) {
      canvas = { id: this.#all.length, cells: [], pixels: undefined, width: 0, height: 0 };
      this.#byElement.set(element, canvas);
      this.#all.push(canvas);
    }
    canvas.width = element.width;
    canvas.height = element.height;
    return canvas;
  }

  /** What `canvas.getContext('2d')` gives. */
  context(element: { width: number; height: number }): object {
    const canvas = this.#of(element);
    const context = {
      canvas: element,
      fillStyle: '#000',
      fillRect(x: number, y: number, width: number, height: number) {
        if (width > 0 && height > 0)
          canvas.cells.push({ x, y, width, height, fill: String(context.fillStyle) });
      },
      clearRect: () => {
        canvas.cells = [];
        canvas.pixels = undefined;
      },
      createImageData: (width: number, height: number) => ({
        width,
        height,
        data: new Uint8ClampedArray(4 * width * height),
      }),
      putImageData: (pixels: NonNullable<CellCanvas['pixels']>) => {
        canvas.pixels = pixels;
      },
      drawImage: () => {},
    };
    return context;
  }

  /** What `canvas.toDataURL()` gives: a sign that `fill` puts the drawing in the place of. */
  url(element: { width: number; height: number }): string {
    return `${marker}${this.#of(element).id}`;
  }

  /** The document with every canvas image replaced by its rectangles or by a bitmap that is not smoothed. */
  fill(svg: string): string {
    return svg.replace(/<image\b[^>]*?\/?>(?:\s*<\/image>)?/g, (tag) => {
      const id = tag.match(/data:image\/x-cells,(\d+)/)?.[1];
      const canvas = id === undefined ? undefined : this.#all[Number(id)];
      if (!canvas) return tag;
      const attribute = (name: string) => Number(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? 0);
      const place = {
        x: attribute('x'),
        y: attribute('y'),
        width: attribute('width'),
        height: attribute('height'),
      };
      // plotly asks for pixels without smoothing where each is a cell of the map
      const isSmooth = canvas.pixels !== undefined && !tag.includes('image-rendering');
      const cells = cellsOf(canvas);
      return isSmooth || cells > maxCells ? bitmap(canvas, place, isSmooth) : rectangles(canvas, place);
    });
  }
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const short = (value: number) => String(Number(value.toFixed(4)));

function cellsOf({ cells, pixels }: CellCanvas): number {
  return pixels ? pixels.width * pixels.height : cells.length;
}

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** Every cell with its colour as red, green, blue and alpha of 0-255. */
function* colouredCells({ cells, pixels }: CellCanvas) {
  if (!pixels) {
    for (const cell of cells) yield { ...cell, colour: parseColour(cell.fill) };
    return;
  }
  for (let y = 0; y < pixels.height; y++) {
    for (let x = 0; x < pixels.width; x++) {
      const at = 4 * (y * pixels.width + x);
      yield { x, y, width: 1, height: 1, colour: [...pixels.data.subarray(at, at + 4)] as unknown as Colour };
    }
  }
}

function rectangles(canvas: CellCanvas, place: Place): string {
  const [sx, sy] = [
    place.width / (canvas.pixels?.width ?? canvas.width),
    place.height / (canvas.pixels?.height ?? canvas.height),
  ];
  const drawn: string[] = [];
  for (const { x, y, width, height, colour } of colouredCells(canvas)) {
    const [red, green, blue, alpha] = colour;
    if (alpha === 0) continue;
    const opacity = alpha < 255 ? ` fill-opacity="${short(alpha / 255)}"` : '';
    // edges, not sizes, are rounded: then neighbours share them
    const [x0, x1] = [place.x + x * sx, place.x + (x + width) * sx].map(short);
    const [y0, y1] = [place.y + y * sy, place.y + (y + height) * sy].map(short);
    drawn.push(`<path d="M${x0},${y0}H${x1}V${y1}H${x0}Z" fill="rgb(${red},${green},${blue})"${opacity}/>`);
  }
  // without anti-aliasing neighbouring cells leave no seam
  return `<g class="cells" shape-rendering="crispEdges" stroke="none">${drawn.join('')}</g>`;
}

function bitmap(canvas: CellCanvas, { x, y, width, height }: Place, isSmooth: boolean): string {
  const size = canvas.pixels ?? { width: Math.round(canvas.width), height: Math.round(canvas.height) };
  const png = new PNG({ width: size.width, height: size.height });
  if (canvas.pixels) png.data = Buffer.from(canvas.pixels.data);
  else paint(canvas, png);
  const href = `data:image/png;base64,${PNG.sync.write(png).toString('base64')}`;
  const rendering = isSmooth ? 'optimizeQuality' : 'optimizeSpeed';
  return (
    `<image x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" ` +
    `preserveAspectRatio="none" image-rendering="${rendering}" xlink:href="${href}"/>`
  );
}

function paint({ cells }: CellCanvas, png: PNG): void {
  png.data.fill(0);
  for (const cell of cells) {
    const colour = parseColour(cell.fill);
    const [left, top] = [Math.round(cell.x), Math.round(cell.y)];
    const [right, bottom] = [Math.round(cell.x + cell.width), Math.round(cell.y + cell.height)];
    for (let row = Math.max(0, top); row < Math.min(bottom, png.height); row++) {
      for (let column = Math.max(0, left); column < Math.min(right, png.width); column++) {
        png.data.set(colour, 4 * (row * png.width + column));
      }
    }
  }
}

const colours = new Map<string, Colour>();

/** `rgb(...)`, `rgba(...)` or `#rrggbb` as red, green, blue and alpha of 0-255; plotly writes no other form. */
export function parseColour(text: string): Colour {
  let colour = colours.get(text);
  if (!colour) {
    const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
    const numbers = hex
      ? hex.slice(1).map((pair) => Number.parseInt(pair, 16))
      : (text.match(/[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
    const [red = 0, green = 0, blue = 0, alpha = 1] = numbers;
    colour = [Math.round(red), Math.round(green), Math.round(blue), Math.round(255 * alpha)];
    if (colours.size > 5000) colours.clear();
    colours.set(text, colour);
  }
  return colour;
}
