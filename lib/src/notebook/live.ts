import { DISPLAY } from '../figures/display.js';
import type { Figure } from '../figures/figure.js';
import { currentHost, escapeHtml, type Host } from './host.js';

/** Reads a clock, in milliseconds. */
export type Clock = () => number;

const clock: Clock = () => performance.now();

export interface ProgressOptions {
  /** Number of steps. */
  readonly total: number;
  /** What is going on: "training". */
  readonly label: string;
  /** Least milliseconds between two displays. Default 100 in a notebook (smooth), 2,000 in plain lines (readable logs). */
  readonly interval?: number;
  /** Default `performance.now`. */
  readonly now?: Clock;
}

export interface Progress {
  /** @param step number of steps done @param message what to say of them, such as the loss */
  update(step: number, message?: string): void;
  /** Leaves one final line. Without a message the last one stays. */
  done(message?: string): void;
}

/**
 * A line that follows long work: one live display in a notebook, now and then a plain line elsewhere. The first and the
 * last update are always shown.
 *
 * @throws RangeError unless `total` is a whole number above 0
 */
export function progress({ total, label, interval, now = clock }: ProgressOptions): Progress {
  if (!Number.isInteger(total) || total < 1) {
    throw new RangeError(`progress "${label}": expected a whole number of steps above 0, got ${total}.`);
  }
  const host = currentHost();
  const place = host && livePlace(host);
  const wait = interval ?? (host ? 100 : 2000);
  const started = now();
  let shown = Number.NEGATIVE_INFINITY;
  let last = { step: 0, message: '' };
  let finished = false;

  function print(final: boolean): void {
    const seconds = (now() - started) / 1000;
    const text = `${label}: ${last.step}/${total} in ${seconds.toFixed(1)} s${last.message && `, ${last.message}`}`;
    shown = now();
    if (!place) console.log(text);
    else place(progressBundle(text, final ? undefined : last.step / total));
  }
  return {
    update(step, message = '') {
      if (finished) return;
      last = { step, message };
      if (now() - shown >= wait) print(false);
    },
    done(message = last.message) {
      if (finished) return;
      finished = true;
      last = { ...last, message };
      print(true);
    },
  };
}

function progressBundle(text: string, share: number | undefined): Record<string, unknown> {
  const bar =
    share === undefined
      ? ''
      : `<progress max="1" value="${Math.min(1, Math.max(0, share)).toFixed(3)}" style="width:16em"></progress> `;
  return { 'text/html': `<div>${bar}${escapeHtml(text)}</div>`, 'text/plain': text };
}

export interface LiveFigureOptions {
  /** Least milliseconds between two drawings. Default 1,000: a drawing costs a tenth of a second of training. */
  readonly interval?: number;
  /** Default `performance.now`. */
  readonly now?: Clock;
}

export interface LiveFigure {
  /** Draws, unless it drew a moment ago. The function is called only when it draws. */
  update(figure: () => Figure): void;
  /** Draws the last state, whatever the clock says. Without a figure: the last that `update` was given. */
  done(figure?: () => Figure): void;
}

/** A figure drawn in place while the work goes on. Outside a notebook only the final caption is printed. */
export function liveFigure({ interval = 1000, now = clock }: LiveFigureOptions = {}): LiveFigure {
  const host = currentHost();
  const place = host && livePlace(host);
  let shown = Number.NEGATIVE_INFINITY;
  let pending: (() => Figure) | undefined;

  return {
    update(figure) {
      pending = figure;
      if (!place || now() - shown < interval) return;
      place(figure()[DISPLAY]());
      pending = undefined;
      shown = now();
    },
    done(figure = pending) {
      pending = undefined;
      if (!figure) return;
      if (place) place(figure()[DISPLAY]());
      else console.log(figure().caption);
    },
  };
}

/** One place below the cell: the first bundle appears, each later one replaces it. */
function livePlace(host: Host): (bundle: Record<string, unknown>) => void {
  const id = crypto.randomUUID();
  let update = false;
  return (bundle) => {
    host.display(bundle, { id, update });
    update = true;
  };
}
