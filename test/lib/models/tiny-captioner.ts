import { type CaptionedPicture, type CaptionPicture, createRandom } from 'heed';

/** Regions of 4 x 4 pixels beside each other. */
const encoder = [{ filter: 4, stride: 4, units: 5 }];

export const tiny = { vocab: 9, size: 12, encoder, embedding: 4, units: 6, attention: 3 };

export function picture(seed: number, size = 12, depth = 1): CaptionPicture {
  return { size, pixels: createRandom(seed).uniforms(size * size * depth) };
}

export const batch: CaptionedPicture[] = [
  { picture: picture(1), ids: [4, 5, 6, 7] },
  { picture: picture(2), ids: [8, 4] },
  { picture: picture(3), ids: [5, 5, 8] },
];
