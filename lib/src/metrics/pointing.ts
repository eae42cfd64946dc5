/** Rows `top` ... `bottom` and columns `left` ... `right`, in pixels; the ends are not in it. */
export interface PixelBox {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** Regions `stride` pixels apart, `side` in each direction, counted row by row from the top left. */
export interface PixelGrid {
  readonly side: number;
  readonly stride: number;
  /** Centre of the first, in pixels from the upper and from the left edge. */
  readonly first: number;
}

/** One picture's attention and the truth about it. */
export interface Pointing {
  /** `[side * side]`: weights of the regions. */
  readonly alpha: ArrayLike<number>;
  /** Where the right thing lies. */
  readonly box: PixelBox;
}

/**
 * Share of pictures in which the region of the largest alpha has its centre in the box. Of equal weights the first counts.
 *
 * @throws RangeError where there is no picture, alpha does not fit the grid or holds what is no number of 0 or more, and for a box
 *   that is turned around
 */
export function pointingShare(pictures: readonly Pointing[], grid: PixelGrid): number {
  const hits = checked(pictures, grid).filter(({ alpha, box }) => {
    let best = 0;
    for (let i = 1; i < alpha.length; i++) if (alpha[i]! > alpha[best]!) best = i;
    return holds(box, grid, best);
  });
  return hits.length / pictures.length;
}

/** Mean over the pictures of the weight on regions whose centre lies in the box. @throws as `pointingShare` */
export function pointingMass(pictures: readonly Pointing[], grid: PixelGrid): number {
  let sum = 0;
  for (const { alpha, box } of checked(pictures, grid)) {
    for (let region = 0; region < alpha.length; region++) {
      if (holds(box, grid, region)) sum += alpha[region]!;
    }
  }
  return sum / pictures.length;
}

function holds(
  { top, left, bottom, right }: PixelBox,
  { side, stride, first }: PixelGrid,
  region: number,
): boolean {
  const y = first + Math.floor(region / side) * stride;
  const x = first + (region % side) * stride;
  return y >= top && y < bottom && x >= left && x < right;
}

function checked(pictures: readonly Pointing[], { side }: PixelGrid): readonly Pointing[] {
  if (pictures.length === 0) throw new RangeError('Pointing of no pictures: give at least one.');
  const wrong = pictures.findIndex(({ alpha }) => alpha.length !== side * side);
  if (wrong >= 0) {
    throw new RangeError(
      `Pointing: expected alpha over ${side} x ${side} = ${side * side} regions, got ${pictures[wrong]!.alpha.length} in picture ${wrong}.`,
    );
  }
  for (const [n, { alpha, box }] of pictures.entries()) {
    const bad = Array.from(alpha).findIndex((weight) => !(weight >= 0));
    if (bad >= 0)
      throw new RangeError(
        `Pointing: expected weights of 0 or more, got ${alpha[bad]} at region ${bad} of picture ${n}.`,
      );
    if (!(box.top < box.bottom && box.left < box.right))
      throw new RangeError(
        `Pointing: expected a box with top < bottom and left < right, got ${JSON.stringify(box)} in picture ${n}.`,
      );
  }
  return pictures;
}
