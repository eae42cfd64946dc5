import { escapeHtml, show } from './host.js';

export type ClaimValue = number | string | boolean;

/** What a claim says of its value: exactly one of these. */
export type Bound =
  | { readonly atLeast: number }
  | { readonly atMost: number }
  | { readonly equals: ClaimValue }
  /** Both ends belong to the interval. */
  | { readonly within: readonly [low: number, high: number] };

/** MIME type by which the runner of notebooks finds claims. */
export const CLAIM_TYPE = 'application/vnd.heed.claim+json';

/**
 * States something of the lesson in a form that can fail: shown below the cell, and a test case for whoever runs the
 * notebook. A value that is not a number never holds. A claim that fails does not throw: the cells after it still run.
 *
 * @throws TypeError when the claim itself is meaningless: no name, no bound or several, a bound that is no number or
 *   of another type than the value
 */
export function claim(name: string, value: ClaimValue, bound: Bound): void {
  const kind = checkClaim(name, value, bound);
  const holds = judge(value, bound);
  const asked = sayBound(kind, bound);
  const said = sayValue(value, holds);
  const line = `${holds ? 'holds' : 'FAILS'}: ${name}: ${said} (${asked})`;
  const colour = holds ? '#00704f' : '#b03000';
  show({
    // JSON has no NaN or Infinity: they go as text, which also tells them from a missing value.
    [CLAIM_TYPE]: { name, value: plain(value), bound: plainBound(bound), holds },
    'text/html':
      `<div style="border-left:4px solid ${colour};padding:2px 10px;margin:2px 0">` +
      `<b style="color:${colour}">${holds ? '✓ holds' : '✗ fails'}</b> ${escapeHtml(name)}: ` +
      `<b>${escapeHtml(said)}</b> (${escapeHtml(asked)})</div>`,
    'text/plain': line,
  });
}

type Kind = 'atLeast' | 'atMost' | 'equals' | 'within';
const KINDS: readonly string[] = ['atLeast', 'atMost', 'equals', 'within'] satisfies Kind[];

function checkClaim(name: unknown, value: unknown, bound: unknown): Kind {
  const fail = (message: string): never => {
    throw new TypeError(`claim(${JSON.stringify(name)}): ${message}`);
  };
  if (typeof name !== 'string' || name.trim() === '') fail('expected a name that says what is claimed.');
  if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'boolean') {
    fail(
      `expected a number, text or boolean as value; got ${value === null ? 'null' : typeof value}. Read a tensor with dataSync() first.`,
    );
  }
  const keys = typeof bound === 'object' && bound !== null ? Object.keys(bound) : [];
  const kind = keys[0] as Kind;
  if (keys.length !== 1 || !KINDS.includes(kind)) {
    fail(`expected one bound of ${KINDS.join(', ')}; got ${keys.join(', ') || String(bound)}.`);
  }
  const limit = (bound as Record<Kind, unknown>)[kind];
  if (kind === 'equals') {
    if (typeof limit !== typeof value)
      fail(`cannot equal a ${typeof limit}, the value is a ${typeof value}.`);
    if (Number.isNaN(limit)) fail('nothing equals NaN.');
    return kind;
  }
  if (typeof value !== 'number') fail(`${kind} bounds a number; the value is a ${typeof value}. Use equals.`);
  const numbers: readonly unknown[] = kind === 'within' ? (Array.isArray(limit) ? limit : []) : [limit];
  if (
    numbers.length !== (kind === 'within' ? 2 : 1) ||
    numbers.some((n) => typeof n !== 'number' || Number.isNaN(n))
  ) {
    fail(
      `expected ${kind === 'within' ? '[low, high]' : 'a number'} as bound, got ${JSON.stringify(limit)}.`,
    );
  }
  if (kind === 'within' && (numbers[0] as number) > (numbers[1] as number))
    fail(`[${numbers.join(', ')}] is empty.`);
  return kind;
}

// Comparisons with NaN are false, so NaN holds nowhere.
function judge(value: ClaimValue, bound: Bound): boolean {
  if ('equals' in bound) return value === bound.equals;
  const number = value as number;
  if ('atLeast' in bound) return number >= bound.atLeast;
  if ('atMost' in bound) return number <= bound.atMost;
  return number >= bound.within[0] && number <= bound.within[1];
}

function sayBound(kind: Kind, bound: Bound): string {
  if ('atLeast' in bound) return `at least ${bound.atLeast}`;
  if ('atMost' in bound) return `at most ${bound.atMost}`;
  if ('within' in bound) return `from ${bound.within[0]} to ${bound.within[1]}`;
  return `${kind} ${typeof bound.equals === 'string' ? JSON.stringify(bound.equals) : bound.equals}`;
}

// Six digits are enough to read; where a claim fails all of them may be needed to see why (0.9949999 is not 0.995).
function sayValue(value: ClaimValue, holds: boolean): string {
  return typeof value === 'number' && holds ? String(Number(value.toPrecision(6))) : String(value);
}

function plain(value: ClaimValue): ClaimValue {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function plainBound(bound: Bound): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(bound).map(([kind, limit]) => [
      kind,
      Array.isArray(limit) ? limit.map(plain) : plain(limit),
    ]),
  );
}
