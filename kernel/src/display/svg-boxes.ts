import { svgPathProperties } from 'svg-path-properties';
import { type Face, isMonoFamily, lineExtent, textWidth } from './fonts.js';

/** A box in the coordinates of the element's own parent. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** `x' = a x + c y + e`, `y' = b x + d y + f`, as in SVG's `matrix(a b c d e f)`. */
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

const identity: Matrix = [1, 0, 0, 1, 0, 0];

/** What jsdom does not have: the place that an SVG element takes, text measured with the real font. */
export function boxOf(element: Element): Box | undefined {
  switch (element.localName) {
    case 'text':
      return textBox(element);
    case 'rect':
    case 'image': {
      const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => numberOf(element, name));
      return { x0: x!, y0: y!, x1: x! + width!, y1: y! + height! };
    }
    case 'circle': {
      const [x, y, r] = ['cx', 'cy', 'r'].map((name) => numberOf(element, name));
      return { x0: x! - r!, y0: y! - r!, x1: x! + r!, y1: y! + r! };
    }
    case 'line': {
      const [x1, y1, x2, y2] = ['x1', 'y1', 'x2', 'y2'].map((name) => numberOf(element, name));
      return aroundPoints([x1!, y1!, x2!, y2!]);
    }
    case 'path':
      return pathBox(element.getAttribute('d') ?? '');
    case 'defs':
    case 'clipPath':
      return undefined;
    case 'tspan': {
      const text = element.closest('text');
      return text ? textBox(text, element) : undefined;
    }
    default:
      return union([...element.children].map((child) => transformed(boxOf(child), transformOf(child))));
  }
}

/** The box in the coordinates of the outermost SVG: own and all outer transforms applied. */
export function clientBoxOf(element: Element): Box | undefined {
  let box = boxOf(element);
  for (let at: Element | null = element; at; at = at.parentElement) box = transformed(box, transformOf(at));
  return box;
}

function numberOf(element: Element, name: string): number {
  return Number.parseFloat(element.getAttribute(name) ?? '') || 0;
}

function union(boxes: readonly (Box | undefined)[]): Box | undefined {
  let whole: Box | undefined;
  for (const box of boxes) {
    if (!box) continue;
    whole = whole
      ? {
          x0: Math.min(whole.x0, box.x0),
          y0: Math.min(whole.y0, box.y0),
          x1: Math.max(whole.x1, box.x1),
          y1: Math.max(whole.y1, box.y1),
        }
      : box;
  }
  return whole;
}

/** Around points given as x, y, x, y ... */
function aroundPoints(points: readonly number[]): Box | undefined {
  if (points.length < 2) return undefined;
  let [x0, y0, x1, y1] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (let at = 0; at + 1 < points.length; at += 2) {
    x0 = Math.min(x0, points[at]!);
    x1 = Math.max(x1, points[at]!);
    y0 = Math.min(y0, points[at + 1]!);
    y1 = Math.max(y1, points[at + 1]!);
  }
  return { x0, y0, x1, y1 };
}

/** Sampled along the path: exact for straight lines that are cut finely, near enough for the curves of a plot. */
function pathBox(d: string): Box | undefined {
  const path = pathOf(d);
  if (!path) return undefined;
  const points: number[] = [];
  for (const part of path.getParts()) {
    const steps = /[CSQTA]/i.test(d) ? 4 : 1;
    for (let step = 0; step <= steps; step++) {
      const { x, y } = part.getPointAtLength((part.length * step) / steps);
      points.push(x, y);
    }
  }
  return aroundPoints(points);
}

/** The length of a path and the points on it, or undefined for an empty or broken one. */
export function pathOf(d: string): InstanceType<typeof svgPathProperties> | undefined {
  if (!/^\s*m/i.test(d)) return undefined;
  try {
    return new svgPathProperties(d);
  } catch {
    return undefined;
  }
}

interface TextStyle {
  readonly size: number;
  readonly bold: boolean;
  readonly oblique: boolean;
  readonly mono: boolean;
  readonly anchor: string;
}

function property(element: Element, name: string): string | undefined {
  const inline = new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`).exec(element.getAttribute('style') ?? '');
  return inline?.[1]?.trim() ?? element.getAttribute(name) ?? undefined;
}

function styleOf(element: Element | null): TextStyle {
  if (!element) return { size: 12, bold: false, oblique: false, mono: false, anchor: 'start' };
  const outer = styleOf(element.parentElement);
  const size = property(element, 'font-size');
  const weight = property(element, 'font-weight');
  const slant = property(element, 'font-style');
  const family = property(element, 'font-family');
  return {
    size: size ? lengthIn(size, outer.size) : outer.size,
    bold: weight ? weight === 'bold' || Number(weight) >= 600 : outer.bold,
    oblique: slant ? slant !== 'normal' : outer.oblique,
    mono: family ? isMonoFamily(family) : outer.mono,
    anchor: property(element, 'text-anchor') ?? outer.anchor,
  };
}

function lengthIn(text: string, size: number): number {
  const value = Number.parseFloat(text) || 0;
  if (text.endsWith('em')) return value * size;
  return text.endsWith('%') ? (value / 100) * size : value;
}

function faceOf({ bold, oblique, mono }: TextStyle): Face {
  if (mono) return 'mono';
  if (bold) return oblique ? 'boldOblique' : 'bold';
  return oblique ? 'oblique' : 'regular';
}

/** Pieces that stand on one line, from the last given x on; they are anchored together. */
interface Chunk {
  x: number;
  width: number;
  top: number;
  bottom: number;
  anchor: string;
}

function textBox(text: Element, only?: Element): Box | undefined {
  const chunks: Chunk[] = [];
  let y = 0;
  const walk = (element: Element, inside: boolean) => {
    const style = styleOf(element);
    const x = element.getAttribute('x');
    if (x !== null || chunks.length === 0) {
      chunks.push({
        x: lengthIn(x ?? '0', style.size),
        width: 0,
        top: Infinity,
        bottom: -Infinity,
        anchor: style.anchor,
      });
    }
    if (element.hasAttribute('y')) y = lengthIn(element.getAttribute('y')!, style.size);
    if (element.hasAttribute('dy')) y += lengthIn(element.getAttribute('dy')!, style.size);
    const chunk = chunks.at(-1)!;
    if (element.hasAttribute('dx')) chunk.width += lengthIn(element.getAttribute('dx')!, style.size);
    for (const node of element.childNodes) {
      if (node.nodeType === 1) walk(node as Element, inside || node === only);
      else if (node.nodeType === 3 && inside && node.nodeValue) {
        const face = faceOf(style);
        const { ascent, descent } = lineExtent(face);
        const line = chunks.at(-1)!;
        line.width += textWidth(node.nodeValue, face) * style.size;
        line.top = Math.min(line.top, y - ascent * style.size);
        line.bottom = Math.max(line.bottom, y + descent * style.size);
      }
    }
  };
  walk(text, only === undefined);
  const filled = chunks.filter((chunk) => chunk.bottom > chunk.top);
  return union(
    filled.map(({ x, width, top, bottom, anchor }) => {
      const x0 = anchor === 'middle' ? x - width / 2 : anchor === 'end' ? x - width : x;
      return { x0, y0: top, x1: x0 + width, y1: bottom };
    }),
  );
}

function multiply(m: Matrix, n: Matrix): Matrix {
  const [a, b, c, d, e, f] = m;
  const [g, h, i, j, k, l] = n;
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

function transformOf(element: Element): Matrix {
  const text = element.getAttribute('transform');
  if (!text) return identity;
  let whole = identity;
  for (const [, name, list] of text.matchAll(/(\w+)\s*\(([^)]*)\)/g)) {
    const v = list!
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number);
    whole = multiply(whole, single(name!, v));
  }
  return whole.every(Number.isFinite) ? whole : identity;
}

function single(name: string, v: readonly number[]): Matrix {
  if (name === 'translate') return [1, 0, 0, 1, v[0] ?? 0, v[1] ?? 0];
  if (name === 'scale') return [v[0] ?? 1, 0, 0, v[1] ?? v[0] ?? 1, 0, 0];
  if (name === 'matrix' && v.length === 6) return v as unknown as Matrix;
  if (name !== 'rotate') return identity;
  const angle = ((v[0] ?? 0) * Math.PI) / 180;
  const [cos, sin, x, y] = [Math.cos(angle), Math.sin(angle), v[1] ?? 0, v[2] ?? 0];
  return multiply(multiply([1, 0, 0, 1, x, y], [cos, sin, -sin, cos, 0, 0]), [1, 0, 0, 1, -x, -y]);
}

function transformed(box: Box | undefined, [a, b, c, d, e, f]: Matrix): Box | undefined {
  if (!box) return undefined;
  const corners = [box.x0, box.x1].flatMap((x) =>
    [box.y0, box.y1].flatMap((y) => [a * x + c * y + e, b * x + d * y + f]),
  );
  return aroundPoints(corners);
}
