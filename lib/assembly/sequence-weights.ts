import { product } from './product';
import { bytes } from './vectors';

/**
 * Gradient of a recurrent kernel, the sum over steps of h_before^T dz: one long product. The states before each step are
 * the outputs shifted by one and the initial state, which is the only row block that stands apart.
 */
export function recurrentKernelGradient(
  hidden0: usize,
  hidden: usize,
  dz: usize,
  out: usize,
  time: i32,
  batch: i32,
  units: i32,
  wide: i32,
  backward: bool,
  scratch: usize,
): void {
  const row = bytes(units);
  const line = bytes(wide);
  const step = <usize>batch * row;
  const dzStep = <usize>batch * line;
  const first = backward ? dz + <usize>(time - 1) * dzStep : dz;
  product(hidden0, 4, row, first, line, 4, out, line, units, wide, batch, false, scratch);
  if (time == 1) return;
  const states = backward ? hidden + step : hidden;
  const later = backward ? dz : dz + dzStep;
  product(states, 4, row, later, line, 4, out, line, units, wide, (time - 1) * batch, true, scratch);
}
