import { addInto, bytes } from './vectors';

/** to = from */
@inline
function copyRun(to: usize, from: usize, size: usize): void {
  let i: usize = 0;
  for (; i + 16 <= size; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i < size; i += 4) store<f32>(to + i, load<f32>(from + i));
}

/**
 * Goes through what every output position of a square filter without margins sees: `x` is `[batch, height, width, channels]`,
 * `patches` has a row for each position, `[batch, outHeight, outWidth, filter, filter, channels]`. A row of the filter is one stretch
 * of memory. `back`, which the compiler knows, says whether stretches are copied to the patches or added back to `x`.
 */
@inline
function walkPatches(
  x: usize,
  patches: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  filter: i32,
  stride: i32,
  back: bool,
): void {
  const run = bytes(filter * channels);
  const line = bytes(width * channels);
  const outHeight = (height - filter) / stride + 1;
  const outWidth = (width - filter) / stride + 1;
  for (let n = 0; n < batch; n++, x += <usize>height * line) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        let seen = x + <usize>(i * stride) * line + bytes(j * stride * channels);
        for (let f = 0; f < filter; f++, patches += run, seen += line) {
          if (back) addInto(seen, patches, run);
          else copyRun(patches, seen, run);
        }
      }
    }
  }
}

/** What every output position saw, a row each. */
export function gatherPatches(
  x: usize,
  patches: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  filter: i32,
  stride: i32,
): void {
  walkPatches(x, patches, batch, height, width, channels, filter, stride, false);
}

/** Adds each row of patches to where it came from; `x` holds zeros, or what is added to. */
export function scatterPatches(
  patches: usize,
  x: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  filter: i32,
  stride: i32,
): void {
  walkPatches(x, patches, batch, height, width, channels, filter, stride, true);
}
