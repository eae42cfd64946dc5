import { checkSizes } from '../core/options.js';

/** One convolution: a square filter, its stride, and how many channels it makes. */
export interface ConvLayer {
  readonly filter: number;
  readonly stride: number;
  readonly units: number;
}

/** What one output of a stack of convolutions sees, in pixels. */
export interface ReceptiveField {
  /** Height and width of what is seen. */
  readonly field: number;
  /** Distance between two neighbours. */
  readonly stride: number;
}

/** Regions of a picture: squares of `field` pixels whose centres stand `stride` pixels apart, `side` in each direction. */
export interface RegionGrid extends ReceptiveField {
  /** Height and width of the picture. */
  readonly size: number;
  readonly side: number;
  /** `side` squared. */
  readonly regions: number;
  /** Height and width of what all regions together see. */
  readonly span: number;
  /** Blank pixels above and to the left that the first region sees. */
  readonly margin: number;
  /** Centre of the first region, in pixels from the upper and from the left edge. */
  readonly first: number;
}

/**
 * The field grows by (filter - 1) times the distance that the layers before have made.
 *
 * @throws where a layer has a size that is no positive integer
 */
export function receptiveField(layers: readonly ConvLayer[]): ReceptiveField {
  for (const [n, { filter, stride, units }] of layers.entries())
    checkSizes(`layer ${n} of the encoder`, { filter, stride, units });
  return layers.reduce(
    ({ field, stride }, layer) => ({
      field: field + (layer.filter - 1) * stride,
      stride: stride * layer.stride,
    }),
    { field: 1, stride: 1 },
  );
}

/**
 * The regions of a picture: as few as see all of it, centred on it. Where they do not fit exactly, the outer ones see a few
 * blank pixels beyond the edge.
 *
 * @throws RangeError where the picture is smaller than a region, and for layers as `receptiveField`
 */
export function regionGrid(layers: readonly ConvLayer[], size: number): RegionGrid {
  const { field, stride } = receptiveField(layers);
  if (!Number.isSafeInteger(size) || size < field) {
    throw new RangeError(
      `A region sees ${field} x ${field} pixels; expected pictures of at least that size, got ${size} x ${size}. ` +
        'Pad the picture, or take fewer layers.',
    );
  }
  const side = Math.ceil((size - field) / stride) + 1;
  const span = field + (side - 1) * stride;
  const margin = Math.floor((span - size) / 2);
  return { field, stride, size, side, regions: side * side, span, margin, first: field / 2 - margin };
}

/** The centre of a region, in pixels from the upper left corner of the picture; regions are counted row by row. */
export function regionCentre(
  { side, stride, first }: Pick<RegionGrid, 'side' | 'stride' | 'first'>,
  region: number,
): readonly [y: number, x: number] {
  return [first + Math.floor(region / side) * stride, first + (region % side) * stride];
}
