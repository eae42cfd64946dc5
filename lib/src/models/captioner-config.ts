import { checkSizes } from '../core/options.js';
import type { Random } from '../random/random.js';
import { type BridgeParams, initBridge } from '../seq2seq/bridge.js';
import { type DecoderConfig, type DecoderParams, initDecoder } from '../seq2seq/decoder-config.js';
import { type ImageEncoderParams, initImageEncoder } from './image-encoder.js';
import { type ConvLayer, type RegionGrid, regionGrid } from './image-grid.js';
import { COORDINATES } from './image-reader-config.js';
import { drawEvenly } from './translator-start.js';

/** Sizes of a network that says what is in a picture; all that is needed to build it again. */
export interface CaptionerConfig {
  /** Ids of the vocabulary of the captions, specials included. */
  readonly vocab: number;
  /** Height and width of a picture in pixels. */
  readonly size: number;
  /** Numbers a pixel: 1 for grey, 3 for colour. */
  readonly depth: number;
  /**
   * What a word sees: `soft`, the mean of all regions weighed by alpha; `hard`, one region, drawn from alpha in training and its
   * largest afterwards (Xu et al. 2015, section 4).
   */
  readonly look: 'soft' | 'hard';
  /** Turns the pixels of a region into its annotation. */
  readonly encoder: readonly ConvLayer[];
  readonly embedding: number;
  /** Units of the LSTM that writes. */
  readonly units: number;
  /** Width of the hidden layer that scores. */
  readonly attention: number;
}

export const defaultCaptioner: Omit<CaptionerConfig, 'vocab'> = {
  size: 60, // scenes
  depth: 1, // scenes are grey
  look: 'soft', // learns several times faster
  // Regions 8 pixels apart that see 25 x 25: a thing of 20 lies all but whole in the region nearest to it, and one that is a cell away is
  // not seen at all, so that what a region shows is at that region.
  encoder: [
    { filter: 5, stride: 2, units: 8 },
    { filter: 3, stride: 2, units: 24 },
    { filter: 3, stride: 2, units: 48 },
    { filter: 2, stride: 1, units: 64 },
  ],
  embedding: 32, // captions have a dozen words
  units: 96, // the size the recipe was measured with; others were not compared
  attention: 64, // an annotation has 64 features
};

export type CaptionerParams = {
  readonly encoder: ImageEncoderParams;
  readonly bridge: BridgeParams;
  readonly decoder: DecoderParams;
};

/** Parameters with the sizes they were made for. */
export interface Captioner {
  readonly config: CaptionerConfig;
  readonly params: CaptionerParams;
}

/** The decoder: an LSTM that looks before each word with the state before it, s<t-1> (Xu et al. 2015, section 3.1.2). */
export const captionerDecoder: Partial<DecoderConfig> & { readonly cell: 'lstm' } = {
  cell: 'lstm',
  look: 'before',
};

/** Features of a region: what the encoder found, and where it is. */
const annotationSize = ({ encoder }: CaptionerConfig): number => encoder.at(-1)!.units + COORDINATES;

/** The regions of a picture, for figures and `pointingShare`. */
export const captionerGrid = ({ encoder, size }: CaptionerConfig): RegionGrid => regionGrid(encoder, size);

/** Makes a captioner with random weights. @throws for sizes that make no sense */
export function initCaptioner(
  random: Random,
  config: Partial<CaptionerConfig> & Pick<CaptionerConfig, 'vocab'>,
): Captioner {
  const full: CaptionerConfig = { ...defaultCaptioner, ...config };
  checkConfig(full);
  const { vocab, depth, embedding, units, attention, encoder } = full;
  const values = annotationSize(full);
  const params: CaptionerParams = {
    encoder: initImageEncoder(random.child('encoder'), encoder, depth),
    bridge: initBridge(random.child('bridge'), { input: values, units, cell: 'lstm' }),
    decoder: initDecoder(random.child('decoder'), {
      ...captionerDecoder,
      vocab,
      embedding,
      units,
      attention,
      values,
    }),
  };
  // As for a translator: alpha then settles beside its place less often.
  drawEvenly(random.child('start'), { decoder: params.decoder }, { units, decoderUnits: units, lstm: true });
  return { config: full, params };
}

function checkConfig(config: CaptionerConfig): void {
  const { vocab, size, depth, embedding, units, attention, encoder, look } = config;
  checkSizes('captioner', { vocab, size, depth, embedding, units, attention });
  if (look !== 'soft' && look !== 'hard')
    throw new Error(`captioner: look must be "soft" or "hard", got "${look}"`);
  if (encoder.length === 0)
    throw new Error('captioner: expected at least one layer in the encoder, got none');
  captionerGrid(config);
}

/** A picture as plain numbers. */
export interface CaptionPicture {
  /** Height and width in pixels. */
  readonly size: number;
  /** `[size, size, depth]`, row by row, from 0 to 1. */
  readonly pixels: Float32Array;
}

/** @throws where a picture is not of the size and depth that the captioner was made for, or has numbers that are none */
export function checkPictures({ size, depth }: CaptionerConfig, pictures: readonly CaptionPicture[]): void {
  if (pictures.length === 0) throw new Error('captioner: expected at least one picture, got none');
  for (const [n, { size: own, pixels }] of pictures.entries()) {
    if (own !== size)
      throw new Error(
        `captioner: expected pictures of ${size} x ${size} pixels, got ${own} x ${own} (picture ${n}); scale or cut it to that size`,
      );
    if (pixels.length !== size * size * depth) {
      const found = pixels.length / (size * size);
      throw new Error(
        `captioner: expected pictures of depth ${depth}, ${size * size * depth} numbers, got ${pixels.length}` +
          `${Number.isInteger(found) ? `, which is depth ${found}` : ''} (picture ${n})` +
          `${depth === 1 && found === 3 ? '; make it grey, such as by the mean of its three channels' : ''}`,
      );
    }
    const bad = pixels.findIndex((value) => !(value >= 0 && value <= 1));
    if (bad >= 0)
      throw new Error(
        `captioner: number ${bad} of picture ${n} is ${pixels[bad]}; expected numbers from 0 to 1` +
          `${pixels[bad]! > 1 ? ', such as bytes divided by 255' : ''}`,
      );
  }
}
