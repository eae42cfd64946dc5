import { bytes } from './vectors';

/** Operands in the order in which the innermost loop of a product reads them. */
export const ROWS: i32 = 4;
export const COLUMNS: i32 = 8;
/** depth of a panel: 8 columns of it are 8 KiB, a quarter of a small first-level cache */
export const DEPTH: i32 = 256;
/** rows packed at a time: 64 KiB */
export const ROW_BLOCK: i32 = 64;
/** columns packed at a time: 256 KiB, which a second-level cache keeps beside the rest */
export const COLUMN_BLOCK: i32 = 256;

@inline
export function roundUp(count: i32, unit: i32): i32 {
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

export function packLeft(a: usize, row: usize, column: usize, rows: i32, depth: i32, to: usize): void {
  for (let i = 0; i < rows; i += ROWS) {
    packPanel(a + <usize>i * row, row, column, min(ROWS, rows - i), depth, ROWS, to + bytes(i * depth));
  }
}

export function packBlock(b: usize, row: usize, column: usize, depth: i32, columns: i32, to: usize): void {
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
