import type { Figure } from '../../../lib/src/figures/figure.js';

// biome-ignore lint/suspicious/noExplicitAny: tests reach deep into the picture, whose shape is plotly's
type Loose = any;

/** What plotly is given, open for tests to reach into. */
export function drawn(figure: Figure): { data: Loose[]; layout: Loose } {
  return figure.spec as Loose;
}
