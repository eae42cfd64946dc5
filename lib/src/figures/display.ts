/** The method that notebooks ask an object for. */
export const DISPLAY: unique symbol = Symbol.for('Jupyter.display');

/** One thing to show, by MIME type. */
export type Bundle = Record<string, unknown>;

/** The method that Node asks when it prints an object. */
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/**
 * The methods of an object that a notebook shows, to be spread into it: for Jupyter its bundle, for a plain program its
 * text. Stock tslab prints the last value of a cell as a plain program does, so there printing also shows the bundle.
 */
export function displayed(bundle: () => Bundle): { [DISPLAY](): Bundle } {
  const inspect = () => {
    const whole = bundle();
    tslabDisplay()?.(whole);
    return String(whole['text/plain']);
  };
  return { [DISPLAY]: bundle, [INSPECT]: inspect } as { [DISPLAY](): Bundle };
}

/** What the library uses of tslab's own module. */
interface Tslab {
  readonly display: Place;
  /** A place whose content each call replaces. */
  newDisplay(): Place;
}
interface Place {
  raw(type: string, data: unknown): void;
}

/** tslab shows one type at a time: the first of these that a bundle has. */
const SHOWN = ['application/vnd.plotly.v1+json', 'text/html', 'image/svg+xml', 'text/markdown', 'text/plain'];
/** What is meant for programs, such as a claim, goes besides: nobody sees it. */
const UNSEEN = 'application/vnd.heed.';

/** How to show a bundle where stock tslab runs the cells: by its display API. Undefined elsewhere. */
export function tslabDisplay(): ((bundle: Bundle, options?: { readonly id?: string }) => void) | undefined {
  // tslab's module answers for the running kernel only through the `require` that cells are given.
  const { __tslab__: inside } = globalThis as { __tslab__?: { require(name: string): unknown } };
  if (inside === undefined) return undefined;
  const { display, newDisplay } = inside.require('tslab') as Tslab;
  const places = new Map<string | undefined, Place>([[undefined, display]]);
  return (bundle, { id } = {}) => {
    const place = places.get(id) ?? newDisplay();
    places.set(id, place);
    const shown = SHOWN.find((type) => type in bundle);
    const types = Object.keys(bundle).filter((type) => type === shown || type.startsWith(UNSEEN));
    for (const type of types) place.raw(type, bundle[type]);
  };
}
