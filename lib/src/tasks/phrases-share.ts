import type { Random } from '../random/random.js';

/** Cuts a total into parts within their bounds, or `undefined` where that cannot be. */
export function share(
  random: Random,
  total: number,
  parts: readonly { readonly least: number; readonly most: number }[],
): number[] | undefined {
  const sum = (rest: typeof parts, end: 'least' | 'most'): number =>
    rest.reduce((all, part) => all + part[end], 0);
  if (total < sum(parts, 'least') || total > sum(parts, 'most')) return undefined;
  let left = total;
  return parts.map(({ least, most }, at) => {
    const rest = parts.slice(at + 1);
    const low = Math.max(least, left - sum(rest, 'most'));
    const high = Math.min(most, left - sum(rest, 'least'));
    const taken = low + random.integer(high - low + 1);
    left -= taken;
    return taken;
  });
}
