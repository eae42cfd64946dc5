import { bytes, dot } from './vectors';

/** y (+)= M x, y adjacent: a product with one row or one column is bound by reading M once, so nothing is packed. */
export function matrixVector(
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
