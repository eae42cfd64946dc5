import type { MimeBundle } from './mime.js';
import { reasonOf } from './mime.js';
import { formatColumn, formatNumber, tableToHtml } from './table.js';

/** What is asked of a value to be shown as a tensor: any engine's, also another copy of tfjs. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly dataId: object;
  readonly isDisposed?: boolean;
  readonly name?: unknown;
  readonly trainable?: unknown;
  dataSync(): ArrayLike<number | string | boolean>;
}

export function isTensorLike(value: unknown): value is TensorLike {
  if (typeof value !== 'object' || value === null) return false;
  const tensor = value as Partial<TensorLike>;
  return (
    Array.isArray(tensor.shape) &&
    typeof tensor.dtype === 'string' &&
    typeof tensor.dataId === 'object' &&
    typeof tensor.dataSync === 'function'
  );
}

/** An axis of a small tensor is shown whole up to this length, else its ends are; few of them in high ranks. */
const wholeAxis = 10;
const largeSize = 1000;
const edgeOf = (rank: number) => (rank > 3 ? 2 : 3);

const itemBytes: Record<string, number> = { float32: 4, int32: 4, bool: 1, complex64: 8 };

/**
 * A tensor as numpy shows an array: its values, in the middle of long axes an ellipsis, then shape, type and
 * size. Ranks 1 and 2 also as an HTML table. A disposed one says so.
 */
export function tensorBundle(tensor: TensorLike): MimeBundle {
  const what = describeTensor(tensor);
  if (tensor.isDisposed) {
    return { data: { 'text/plain': `${what}, disposed: its values are gone` }, metadata: {} };
  }
  let values: ArrayLike<number | string | boolean>;
  try {
    values = tensor.dataSync();
  } catch (thrown) {
    const text = `${what}, its values cannot be read: ${reasonOf(thrown)}`;
    return { data: { 'text/plain': text }, metadata: {} };
  }
  const { shape, dtype } = tensor;
  const parts = dtype === 'complex64' ? 2 : 1;
  const read = (at: number): number | string | boolean => {
    if (parts === 2) return complexText(Number(values[2 * at]), Number(values[2 * at + 1]));
    return dtype === 'bool' ? Boolean(values[at]) : values[at]!;
  };
  const format = cellFormatter(shape, dtype, read);
  const text = shape.includes(0) ? '[]' : nested(shape, 0, 0, (at) => format(read(at), at));
  const data: Record<string, unknown> = { 'text/plain': `${text}\n${what}` };
  if ((shape.length === 1 || shape.length === 2) && !shape.includes(0))
    data['text/html'] = table(shape, dtype, read, what);
  return { data, metadata: {} };
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, axis) => product * axis, 1);

/** A tensor in one line: kind, name, type, shape, bytes. */
export function describeTensor(tensor: TensorLike): string {
  const size = sizeOf(tensor.shape);
  const each = itemBytes[tensor.dtype];
  const bytes = each === undefined ? '' : `, ${formatBytes(each * size)}`;
  const isVariable = typeof tensor.trainable === 'boolean' && typeof tensor.name === 'string';
  const kind = isVariable
    ? `Variable '${tensor.name}'${tensor.trainable ? '' : ' (not trainable)'}`
    : 'Tensor';
  return `${kind} ${tensor.dtype} [${tensor.shape.join(', ')}]${bytes}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${['B', 'kB', 'MB', 'GB'][power]}`;
}

const complexText = (real: number, imaginary: number) =>
  `${formatNumber(real)}${imaginary < 0 ? '-' : '+'}${formatNumber(Math.abs(imaginary))}i`;

type Cell = number | string | boolean;

/** Indices shown of one axis of a tensor; -1 stands for the ellipsis. */
function shownIndices(shape: readonly number[], axis: number): number[] {
  const length = shape[axis]!;
  const edge = edgeOf(shape.length);
  const whole = sizeOf(shape) > largeSize ? 2 * edge : wholeAxis;
  if (length <= whole) return Array.from({ length }, (_, at) => at);
  return [...Array(edge).keys(), -1, ...Array.from({ length: edge }, (_, at) => length - edge + at)];
}

/** All flat positions that will be shown, in order. */
function shownPositions(shape: readonly number[]): number[] {
  let positions = [0];
  for (const [axis, length] of shape.entries()) {
    const indices = shownIndices(shape, axis).filter((at) => at >= 0);
    positions = positions.flatMap((base) => indices.map((at) => base * length + at));
  }
  return positions;
}

/** One format for all numbers that are shown, so that columns stand below each other. */
function cellFormatter(shape: readonly number[], dtype: string, read: (at: number) => Cell) {
  const quote = (cell: Cell) =>
    typeof cell === 'string' && dtype === 'string' ? JSON.stringify(cell) : String(cell);
  if (dtype !== 'float32' && dtype !== 'int32') return (cell: Cell, _at: number) => quote(cell);
  const positions = shownPositions(shape);
  const texts = formatColumn(positions.map((at) => Number(read(at))));
  const width = shape.length === 0 ? 0 : Math.max(0, ...texts.map((text) => text.length));
  const byPosition = new Map(positions.map((at, order) => [at, texts[order]!.padStart(width)]));
  return (_cell: Cell, at: number) => byPosition.get(at)!;
}

/** Rows within brackets, a blank line between matrices, as numpy prints them. */
function nested(shape: readonly number[], axis: number, base: number, cell: (at: number) => string): string {
  if (axis === shape.length) return cell(base);
  const length = shape[axis]!;
  const parts = shownIndices(shape, axis).map((at) =>
    at < 0 ? '...' : nested(shape, axis + 1, base * length + at, cell),
  );
  const deeper = shape.length - axis - 1;
  if (deeper === 0) return `[${parts.join(', ')}]`;
  return `[${parts.join(`,${'\n'.repeat(Math.min(deeper, 2))}${' '.repeat(axis + 1)}`)}]`;
}

function table(shape: readonly number[], dtype: string, read: (at: number) => Cell, note: string): string {
  const columns = shape.at(-1)!;
  const rowIndices = shape.length === 2 ? shownIndices(shape, 0) : [0];
  const columnIndices = shownIndices(shape, shape.length - 1);
  const format = cellFormatter(shape, dtype, read);
  const rows = rowIndices.map((row) =>
    columnIndices.map((column) => {
      if (row < 0 || column < 0) return '…';
      const at = row * columns + column;
      return format(read(at), at).trim();
    }),
  );
  return tableToHtml({
    header: columnIndices.map((at) => (at < 0 ? '…' : String(at))),
    index: shape.length === 2 ? rowIndices.map((at) => (at < 0 ? '…' : String(at))) : [],
    rows,
    numeric: columnIndices.map(() => dtype !== 'string'),
    note,
  });
}
