/** Small helpers: addresses are bytes, `full` says whether four floats are worked on or only the first (a row's tail). */

@inline
export function bytes(count: i32): usize {
  return <usize>count << 2;
}

@inline
export function get(address: usize, full: bool): v128 {
  return full ? v128.load(address) : v128.load_zero<f32>(address);
}

@inline
export function put(address: usize, value: v128, full: bool): void {
  if (full) v128.store(address, value);
  else v128.store_lane<f32>(address, value, 0);
}

@inline
export function sumLanes(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3))
  );
}

/** y += x */
export function addInto(y: usize, x: usize, size: usize): void {
  let i: usize = 0;
  for (; i + 16 <= size; i += 16) v128.store(y + i, f32x4.add(v128.load(y + i), v128.load(x + i)));
  for (; i < size; i += 4) store<f32>(y + i, load<f32>(y + i) + load<f32>(x + i));
}

/** Sums of the columns of a `[rows, columns]` matrix. */
export function columnSum(matrix: usize, sums: usize, rows: i32, columns: i32): void {
  const row = bytes(columns);
  memory.fill(sums, 0, row);
  for (let i = 0; i < rows; i++) addInto(sums, matrix + <usize>i * row, row);
}

/** Dot product of `count` floats. */
export function dot(a: usize, b: usize, count: i32): f32 {
  const size = bytes(count);
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 32 <= size; i += 32) {
    even = f32x4.add(even, f32x4.mul(v128.load(a + i), v128.load(b + i)));
    odd = f32x4.add(odd, f32x4.mul(v128.load(a + i, 16), v128.load(b + i, 16)));
  }
  let sum = sumLanes(f32x4.add(even, odd));
  for (; i < size; i += 4) sum += load<f32>(a + i) * load<f32>(b + i);
  return sum;
}
