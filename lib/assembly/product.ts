import { bytes, dot } from './vectors';

/**
 * Matrix products. Both operands are copied ("packed") into the order in which the innermost loop reads them: the left one
 * in panels of 4 rows, the right one in panels of 8 columns, at most 256 deep (K. Goto, R. van de Geijn 2008, "Anatomy of
 * high-performance matrix multiplication"). A transposed operand differs only in how it is packed, so it costs the same.
 *
 * A 4 x 8 tile of the result lives in eight v128; larger tiles leave the sixteen registers of SSE and become slower.
 */
const ROWS: i32 = 4;
const COLUMNS: i32 = 8;
/** depth of a panel: 8 columns of it are 8 KiB, a quarter of a small first-level cache */
const DEPTH: i32 = 256;
/** rows packed at a time: 64 KiB */
const ROW_BLOCK: i32 = 64;
/** columns packed at a time: 256 KiB, which a second-level cache keeps beside the rest */
const COLUMN_BLOCK: i32 = 256;

const TILE_BYTES: usize = 128;
const LEFT_BYTES: usize = 65536;
const RIGHT_BYTES: usize = 262144;

/** Bytes that every product needs at `scratch`; packed weights may follow. */
export function productScratch(): usize {
  return TILE_BYTES + LEFT_BYTES + RIGHT_BYTES;
}

@inline
function roundUp(count: i32, unit: i32): i32 {
  return ((count + unit - 1) / unit) * unit;
}

/** Bytes of a packed `[depth, columns]` right operand. */
export function packedSize(depth: i32, columns: i32): usize {
  return bytes(depth * roundUp(columns, COLUMNS));
}

/** Transposes 4 x 4 floats: four rows at `from`, `row` bytes apart, to columns `step` bytes apart. */
@inline
function transpose4(from: usize, row: usize, to: usize, step: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + row);
  const r2 = v128.load(from + 2 * row);
  const r3 = v128.load(from + 3 * row);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + step, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + 2 * step, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + 3 * step, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

/**
 * One panel of `width` (4 or 8) lines, interleaved: `to[k * width + line]`. `line` and `along` are the byte strides
 * across and along the panel; lines beyond `count` are zero.
 */
function packPanel(from: usize, line: usize, along: usize, count: i32, depth: i32, width: i32, to: usize): void {
  const step = bytes(width);
  if (count < width) {
    for (let k = 0; k < depth; k++) {
      const source = from + <usize>k * along;
      const target = to + <usize>k * step;
      for (let i = 0; i < width; i++) {
        store<f32>(target + bytes(i), i < count ? load<f32>(source + <usize>i * line) : 0);
      }
    }
  } else if (line == 4) {
    for (let k = 0; k < depth; k++) {
      v128.store(to, v128.load(from));
      if (width == 8) v128.store(to, v128.load(from, 16), 16);
      from += along;
      to += step;
    }
  } else {
    let k = 0;
    if (along == 4) {
      for (; k + 4 <= depth; k += 4) {
        transpose4(from + bytes(k), line, to + <usize>k * step, step);
        if (width == 8) transpose4(from + bytes(k) + 4 * line, line, to + <usize>k * step + 16, step);
      }
    }
    for (; k < depth; k++) {
      for (let i = 0; i < width; i++) {
        store<f32>(to + <usize>k * step + bytes(i), load<f32>(from + <usize>i * line + <usize>k * along));
      }
    }
  }
}

function packLeft(a: usize, row: usize, column: usize, rows: i32, depth: i32, to: usize): void {
  for (let i = 0; i < rows; i += ROWS) {
    packPanel(a + <usize>i * row, row, column, min(ROWS, rows - i), depth, ROWS, to + bytes(i * depth));
  }
}

function packBlock(b: usize, row: usize, column: usize, depth: i32, columns: i32, to: usize): void {
  for (let j = 0; j < columns; j += COLUMNS) {
    packPanel(b + <usize>j * column, column, row, min(COLUMNS, columns - j), depth, COLUMNS, to + bytes(j * depth));
  }
}

/** Packs a whole right operand `[depth, columns]` for `productPacked`, depth blocks one after the other. */
export function packRight(b: usize, row: usize, column: usize, depth: i32, columns: i32, to: usize): void {
  const padded = roundUp(columns, COLUMNS);
  for (let k = 0; k < depth; k += DEPTH) {
    packBlock(b + <usize>k * row, row, column, min(DEPTH, depth - k), columns, to + bytes(k * padded));
  }
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

/** y (+)= M x, y adjacent: a product with one row or one column is bound by reading M once, so nothing is packed. */
function matrixVector(
  m: usize,
  row: usize,
  column: usize,
  x: usize,
  xStep: usize,
  y: usize,
  rows: i32,
  columns: i32,
  accumulate: bool,
): void {
  if (column == 4 && xStep == 4) {
    for (let i = 0; i < rows; i++) {
      const value = dot(m + <usize>i * row, x, columns);
      store<f32>(y + bytes(i), accumulate ? load<f32>(y + bytes(i)) + value : value);
    }
    return;
  }
  if (!accumulate) memory.fill(y, 0, bytes(rows));
  let j = 0;
  if (row == 4) {
    // Four columns at a time, so that y is read and written a quarter as often.
    for (; j + 4 <= columns; j += 4) addFourColumns(m + <usize>j * column, column, x + <usize>j * xStep, xStep, y, rows);
  }
  for (; j < columns; j++) {
    const scale = load<f32>(x + <usize>j * xStep);
    const from = m + <usize>j * column;
    for (let i = 0; i < rows; i++) {
      store<f32>(y + bytes(i), load<f32>(y + bytes(i)) + scale * load<f32>(from + <usize>i * row));
    }
  }
}

/** y += four adjacent-row columns of a matrix, each times its entry of x. */
function addFourColumns(m: usize, column: usize, x: usize, xStep: usize, y: usize, rows: i32): void {
  const second = column;
  const third: usize = 2 * column;
  const fourth: usize = 3 * column;
  const x0 = v128.load_splat<f32>(x);
  const x1 = v128.load_splat<f32>(x + xStep);
  const x2 = v128.load_splat<f32>(x + 2 * xStep);
  const x3 = v128.load_splat<f32>(x + 3 * xStep);
  const end = y + bytes(rows);
  for (; y + 16 <= end; y += 16, m += 16) {
    const low = f32x4.add(f32x4.mul(x0, v128.load(m)), f32x4.mul(x1, v128.load(m + second)));
    const high = f32x4.add(f32x4.mul(x2, v128.load(m + third)), f32x4.mul(x3, v128.load(m + fourth)));
    v128.store(y, f32x4.add(v128.load(y), f32x4.add(low, high)));
  }
  for (; y < end; y += 4, m += 4) {
    const low = load<f32>(x) * load<f32>(m) + load<f32>(x + xStep) * load<f32>(m + second);
    const high = load<f32>(x + 2 * xStep) * load<f32>(m + third) + load<f32>(x + 3 * xStep) * load<f32>(m + fourth);
    store<f32>(y, load<f32>(y) + (low + high));
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
