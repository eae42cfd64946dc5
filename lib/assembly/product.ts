import { matrixVector } from './matrix-vector';
import { COLUMN_BLOCK, COLUMNS, DEPTH, packBlock, packLeft, ROW_BLOCK, ROWS, roundUp } from './packing';
import { bytes } from './vectors';

/**
 * Matrix products. Both operands are copied ("packed") into the order in which the innermost loop reads them: the left one
 * in panels of 4 rows, the right one in panels of 8 columns, at most 256 deep (K. Goto, R. van de Geijn 2008, "Anatomy of
 * high-performance matrix multiplication"). A transposed operand differs only in how it is packed, so it costs the same.
 *
 * A 4 x 8 tile of the result lives in eight v128; larger tiles leave the sixteen registers of SSE and become slower.
 */
const TILE_BYTES: usize = 128;
const LEFT_BYTES: usize = 65536;
const RIGHT_BYTES: usize = 262144;

/** Bytes that every product needs at `scratch`; packed weights may follow. */
export function productScratch(): usize {
  return TILE_BYTES + LEFT_BYTES + RIGHT_BYTES;
}

/** One 4 x 8 tile: c (+)= panel a times panel b. */
@inline
function tile(depth: i32, a: usize, b: usize, c: usize, row: usize, accumulate: bool): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  for (let k = 0; k < depth; k++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load_splat<f32>(a);
    c00 = f32x4.add(c00, f32x4.mul(a0, b0));
    c01 = f32x4.add(c01, f32x4.mul(a0, b1));
    const a1 = v128.load_splat<f32>(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(a1, b0));
    c11 = f32x4.add(c11, f32x4.mul(a1, b1));
    const a2 = v128.load_splat<f32>(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(a2, b0));
    c21 = f32x4.add(c21, f32x4.mul(a2, b1));
    const a3 = v128.load_splat<f32>(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(a3, b0));
    c31 = f32x4.add(c31, f32x4.mul(a3, b1));
    a += 16;
    b += 32;
  }
  const d = c + row;
  const e = d + row;
  const f = e + row;
  if (accumulate) {
    c00 = f32x4.add(c00, v128.load(c));
    c01 = f32x4.add(c01, v128.load(c, 16));
    c10 = f32x4.add(c10, v128.load(d));
    c11 = f32x4.add(c11, v128.load(d, 16));
    c20 = f32x4.add(c20, v128.load(e));
    c21 = f32x4.add(c21, v128.load(e, 16));
    c30 = f32x4.add(c30, v128.load(f));
    c31 = f32x4.add(c31, v128.load(f, 16));
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(d, c10);
  v128.store(d, c11, 16);
  v128.store(e, c20);
  v128.store(e, c21, 16);
  v128.store(f, c30);
  v128.store(f, c31, 16);
}

/** All tiles of a packed block of rows times a packed block of columns; tiles at the border go through `spare`. */
function multiplyBlocks(
  left: usize,
  right: usize,
  c: usize,
  row: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  accumulate: bool,
  spare: usize,
): void {
  for (let j = 0; j < columns; j += COLUMNS) {
    const panel = right + bytes(j * depth);
    const wide = min(COLUMNS, columns - j);
    for (let i = 0; i < rows; i += ROWS) {
      const high = min(ROWS, rows - i);
      const corner = c + <usize>i * row + bytes(j);
      const inside = wide == COLUMNS && high == ROWS;
      tile(depth, left + bytes(i * depth), panel, inside ? corner : spare, inside ? row : 32, inside && accumulate);
      if (inside) continue;
      for (let r = 0; r < high; r++) {
        for (let s = 0; s < wide; s++) {
          const to = corner + <usize>r * row + bytes(s);
          const value = load<f32>(spare + bytes(r * COLUMNS + s));
          store<f32>(to, accumulate ? load<f32>(to) + value : value);
        }
      }
    }
  }
}

/** c (+)= a b, with b packed by `packRight`. Strides in bytes; the columns of c are adjacent. */
export function productPacked(
  a: usize,
  aRow: usize,
  aColumn: usize,
  packed: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const left = scratch + TILE_BYTES;
  const padded = roundUp(columns, COLUMNS);
  for (let k = 0; k < depth; k += DEPTH) {
    const deep = min(DEPTH, depth - k);
    for (let i = 0; i < rows; i += ROW_BLOCK) {
      const high = min(ROW_BLOCK, rows - i);
      packLeft(a + <usize>i * aRow + <usize>k * aColumn, aRow, aColumn, high, deep, left);
      const to = c + <usize>i * cRow;
      multiplyBlocks(left, packed + bytes(k * padded), to, cRow, high, columns, deep, accumulate || k > 0, scratch);
    }
  }
}

/** c (+)= a b for any byte strides of a and b; the columns of c are adjacent. */
export function product(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  accumulate: bool,
  scratch: usize,
): void {
  if (rows == 1) {
    matrixVector(b, bColumn, bRow, a, aColumn, c, columns, depth, accumulate);
    return;
  }
  if (columns == 1 && cRow == 4) {
    matrixVector(a, aRow, aColumn, b, bRow, c, rows, depth, accumulate);
    return;
  }
  const left = scratch + TILE_BYTES;
  const right = left + LEFT_BYTES;
  for (let j = 0; j < columns; j += COLUMN_BLOCK) {
    const wide = min(COLUMN_BLOCK, columns - j);
    for (let k = 0; k < depth; k += DEPTH) {
      const deep = min(DEPTH, depth - k);
      packBlock(b + <usize>k * bRow + <usize>j * bColumn, bRow, bColumn, deep, wide, right);
      for (let i = 0; i < rows; i += ROW_BLOCK) {
        const high = min(ROW_BLOCK, rows - i);
        packLeft(a + <usize>i * aRow + <usize>k * aColumn, aRow, aColumn, high, deep, left);
        const to = c + <usize>i * cRow + bytes(j);
        multiplyBlocks(left, right, to, cRow, high, wide, deep, accumulate || k > 0, scratch);
      }
    }
  }
}
