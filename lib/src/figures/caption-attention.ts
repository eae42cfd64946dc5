import type { Figure } from './figure.js';
import { type FrameBox, imageAttention } from './image-attention.js';

export interface CaptionAttentionOptions {
  readonly picture: {
    /** Height and width in pixels. */
    readonly size: number;
    /** `[size, size]`, row by row: 0 is drawn as paper, 1 as ink. */
    readonly pixels: ArrayLike<number>;
  };
  readonly words: readonly string[];
  /** `[words, side * side]`: what each word paid to each region, row by row from the top left. */
  readonly alpha: readonly ArrayLike<number>[];
  /** Regions `stride` pixels apart, `side` in each direction, the first centred `first` pixels from both edges. */
  readonly grid: { readonly side: number; readonly stride: number; readonly first: number };
  /** What each word names, drawn as a dashed frame; null for words that name nothing. */
  readonly frames?: readonly (FrameBox | null)[];
  readonly title: string;
  /** Default: how many of the framed words have their largest alpha in the frame. */
  readonly caption?: string;
}

/** Beside each other; more would be wider than a page. */
const COLUMNS = 5;

/**
 * A caption as a row of pictures, one a word: the picture that was captioned, and over it how much the word looked at each region.
 *
 * @throws RangeError where numbers of words, rows of alpha, regions or pixels do not fit
 */
export function captionAttention(options: CaptionAttentionOptions): Figure {
  const { picture, words, alpha, grid, frames, title } = options;
  if (alpha.length !== words.length)
    throw new RangeError(
      `Figure "${title}": expected a row of alpha for each of ${words.length} words, got ${alpha.length}.`,
    );
  if (frames !== undefined && frames.length !== words.length)
    throw new RangeError(
      `Figure "${title}": expected a frame or null for each of ${words.length} words, got ${frames.length}.`,
    );
  return imageAttention({
    title,
    caption: options.caption ?? finding(options),
    grid,
    columns: Math.min(COLUMNS, Math.max(1, words.length)),
    panels: words.map((word, t) => {
      const truth = frames?.[t];
      return { name: word, ...picture, alpha: alpha[t]!, ...(truth && { truth }) };
    }),
  });
}

function finding({ alpha, frames = [], grid }: CaptionAttentionOptions): string {
  const asked = alpha.flatMap((row, t) => {
    const frame = frames[t];
    return frame ? [peakIsIn(row, grid, frame)] : [];
  });
  const meaning = 'Orange: where the network looks at each word';
  if (asked.length > 0)
    return `${meaning}; ${asked.filter(Boolean).length} of ${asked.length} words that name a thing look most at that thing (dashed frame).`;
  const mean = alpha.reduce((sum, row) => sum + Math.max(...Array.from(row)), 0) / alpha.length;
  return `${meaning}; the largest alpha of a word is ${mean.toFixed(2)} on average.`;
}

function peakIsIn(
  alpha: ArrayLike<number>,
  { side, stride, first }: CaptionAttentionOptions['grid'],
  { top, left, bottom, right }: FrameBox,
): boolean {
  let best = 0;
  for (let region = 1; region < alpha.length; region++) if (alpha[region]! > alpha[best]!) best = region;
  const [y, x] = [first + Math.floor(best / side) * stride, first + (best % side) * stride];
  return y >= top && y < bottom && x >= left && x < right;
}
