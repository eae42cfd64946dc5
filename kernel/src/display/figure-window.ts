import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';
import type { DOMWindow, JSDOM } from 'jsdom';
import { CellCanvases } from './cell-canvas.js';
import { prepareFigure } from './figure-prepare.js';
import type { FigureSpec } from './figure-spec.js';
import { isMonoFamily, monoFamily, sansFamily } from './fonts.js';
import { type Box, boxOf, clientBoxOf, pathOf } from './svg-boxes.js';

interface Plotly {
  toImage(figure: object, options: object): Promise<string>;
}

interface DrawingWindow {
  readonly dom: JSDOM;
  readonly plotly: Plotly;
  readonly canvases: CellCanvases;
  /** Everything that plotly draws by chance (names of clip paths) starts from here. */
  seed(): void;
}

/** A figure that takes longer is given up: a still image is not worth a blocked notebook. */
const timeLimit = 10_000;
/** The window is opened once, before most cells run, and takes a second or two where nothing else does. */
const openingLimit = 60_000;

let current: Promise<DrawingWindow> | undefined;
let queue: Promise<unknown> = Promise.resolve();

/** Draws one figure after another in one window, which is made for the first and thrown away after a failure. */
export function drawSvg(spec: FigureSpec, size: { width: number; height: number }): Promise<string> {
  const drawing = queue.then(() => withinLimit(spec, size));
  queue = drawing.catch(() => {});
  return drawing;
}

async function withinLimit(spec: FigureSpec, size: { width: number; height: number }): Promise<string> {
  const figure = prepareFigure(spec, size.width);
  try {
    await limited(openDrawing(), openingLimit);
    return await limited(draw(figure, size), timeLimit);
  } catch (thrown) {
    closeWindow();
    throw thrown instanceof Error ? thrown : new Error(plotlyReason(thrown));
  }
}

/** The limit also ends a drawing whose promise never settles, because an interrupt stopped it in the middle. */
async function limited<Value>(work: Promise<Value>, limit: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${limit / 1000} s`)), limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function closeWindow(): void {
  current?.then(({ dom }) => dom.window.close()).catch(() => {});
  current = undefined;
}

/** Makes the window ready before the first figure needs it. */
export async function openDrawing(): Promise<void> {
  current ??= openWindow();
  await current;
}

async function draw(figure: object, { width, height }: { width: number; height: number }): Promise<string> {
  current ??= openWindow();
  const window = await current;
  window.canvases.clear();
  window.seed();
  // parsed inside the window, where plotly asks for that window's own arrays and objects
  const inside = (window.dom.window as unknown as { JSON: JSON }).JSON.parse(JSON.stringify(figure));
  const drawn = await window.plotly.toImage(inside, { format: 'svg', width, height, imageDataOnly: true });
  const svg = drawn.startsWith('data:') ? decodeURIComponent(drawn.slice(drawn.indexOf(',') + 1)) : drawn;
  return withOurFonts(window.canvases.fill(svg));
}

/** plotly throws errors of its own window, and sometimes plain objects or texts. */
function plotlyReason(thrown: unknown): string {
  const message = (thrown as { message?: unknown } | undefined)?.message;
  return `plotly refused the figure: ${typeof message === 'string' ? message : String(thrown)}`;
}

function withOurFonts(svg: string): string {
  const replace = (family: string) => (isMonoFamily(family) ? monoFamily : sansFamily);
  return svg
    .replace(/font-family:\s*([^;"]*)/g, (_, family: string) => `font-family: ${replace(family)}`)
    .replace(/font-family="([^"]*)"/g, (_, family: string) => `font-family="${replace(family)}"`);
}

async function openWindow(): Promise<DrawingWindow> {
  const { JSDOM, VirtualConsole } = await import('jsdom');
  // a console of its own that leads nowhere: notices of a drawing must not become output of a cell
  const dom = new JSDOM('<!doctype html><html><body></body></html>', {
    pretendToBeVisual: true,
    runScripts: 'outside-only',
    virtualConsole: new VirtualConsole(),
  });
  const { window } = dom;
  const canvases = new CellCanvases();
  addWhatIsMissing(window, canvases);
  const file = createRequire(import.meta.url).resolve('plotly.js-dist-min');
  new Script(readFileSync(file, 'utf8'), { filename: 'plotly.js' }).runInContext(dom.getInternalVMContext());
  const plotly = (window as unknown as { Plotly: Plotly }).Plotly;
  return { dom, plotly, canvases, seed: () => seedChance(window) };
}

/** Chance inside the window by a linear congruential generator (Numerical Recipes): names, not numbers. */
function seedChance(window: DOMWindow): void {
  let state = 1;
  (window as unknown as { Math: Math }).Math.random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function rectangle(box: Box | undefined) {
  const { x0, y0, x1, y1 } = box ?? { x0: 0, y0: 0, x1: 0, y1: 0 };
  const sizes = { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
  return { ...sizes, left: x0, top: y0, right: x1, bottom: y1, toJSON: () => sizes };
}

/** Measures, paths and canvases: what plotly asks of a browser and jsdom leaves out. */
function addWhatIsMissing(window: DOMWindow, canvases: CellCanvases): void {
  const isDrawn = (element: Element) => element.namespaceURI === 'http://www.w3.org/2000/svg';
  const add = (prototype: object, methods: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(methods)) {
      Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
    }
  };
  const pathLike = (element: Element) => pathOf(element.getAttribute('d') ?? '');
  add(window.SVGElement.prototype, {
    getBBox(this: Element) {
      return rectangle(boxOf(this));
    },
    getComputedTextLength(this: Element) {
      return rectangle(boxOf(this)).width;
    },
    getTotalLength(this: Element) {
      return pathLike(this)?.getTotalLength() ?? 0;
    },
    getPointAtLength(this: Element, at: number) {
      const path = pathLike(this);
      return path ? path.getPointAtLength(Math.min(Math.max(at, 0), path.getTotalLength())) : { x: 0, y: 0 };
    },
  });
  add(window.Element.prototype, {
    getBoundingClientRect(this: Element) {
      return rectangle(isDrawn(this) ? clientBoxOf(this) : undefined);
    },
  });
  add(window.HTMLCanvasElement.prototype, {
    getContext(this: HTMLCanvasElement, kind: string) {
      return kind === '2d' ? canvases.context(this) : null;
    },
    toDataURL(this: HTMLCanvasElement) {
      return canvases.url(this);
    },
  });
  add(window.URL, { createObjectURL: () => 'blob:none', revokeObjectURL: () => {} });
}
