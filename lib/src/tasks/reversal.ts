import type { Random } from '../random/random.js';
import { createVocabulary, type Vocabulary } from '../text/vocabulary.js';
import type { Split } from './calendar.js';
import { splitOfSentence } from './growing-up-grammar.js';

/** Fewest and most symbols of a sequence. */
export const SHORTEST_REVERSAL = 3;
export const LONGEST_REVERSAL = 60;

/** `datasets/reversal/reversal.json` */
export interface FrozenReversal {
  readonly name: 'reversal';
  readonly version: number;
  /** Single characters. */
  readonly symbols: readonly string[];
  /** Of `count` sequences, one a line: guards the drawing against changing unseen. */
  readonly sample: { readonly count: number; readonly sha256: string };
}

export interface ReversalPair {
  readonly source: readonly string[];
  /** The source from its end to its beginning. */
  readonly target: readonly string[];
  /** For each target symbol the one source symbol that it comes from: n - 1, n - 2, ..., 0. */
  readonly alignment: readonly (readonly number[])[];
}

export interface ReversalChoice {
  /** By a hash of the sequence: about 10 % test, 5 % validation. Default `train`. */
  readonly split?: Split;
  /** Fewest and most symbols, each length between equally likely. Default 3 and 20. */
  readonly lengths?: readonly [fewest: number, most: number];
}

/** The reversal task: write a sequence of symbols backwards. What is to be looked at is known, and moves the wrong way. */
export interface Reversal {
  readonly vocabulary: Vocabulary;
  /** `count` independent draws. @throws RangeError on a count, length or split that cannot be */
  sample(random: Pick<Random, 'integer'>, count: number, choice?: ReversalChoice): ReversalPair[];
  /** A sequence of your own. @throws RangeError where it is empty or holds another symbol */
  pair(source: readonly string[]): ReversalPair;
}

/**
 * Makes the reversal task from its frozen file. Source: `datasets/reversal/card.md`; sequences are drawn when asked for.
 *
 * @param frozen parsed content of `datasets/reversal/reversal.json`
 * @throws Error when it is not that
 */
export function loadReversal(frozen: FrozenReversal): Reversal {
  if (frozen?.name !== 'reversal' || frozen.version !== 1 || !Array.isArray(frozen.symbols)) {
    throw new Error(
      `Not the reversal task: expected name "reversal", version 1, got ${JSON.stringify(frozen?.name)}, ${JSON.stringify(frozen?.version)}.`,
    );
  }
  const symbols: readonly string[] = frozen.symbols;

  function pair(source: readonly string[]): ReversalPair {
    const strange = source.filter((symbol) => !symbols.includes(symbol));
    if (source.length === 0 || strange.length > 0)
      throw new RangeError(
        `A sequence to reverse: expected one or more of ${symbols.join('')}, got ${JSON.stringify(source.length === 0 ? '' : strange.join(''))}.`,
      );
    const last = source.length - 1;
    return { source, target: [...source].reverse(), alignment: source.map((_, t) => [last - t]) };
  }

  function sample(
    random: Pick<Random, 'integer'>,
    count: number,
    { split = 'train', lengths = [SHORTEST_REVERSAL, 20] }: ReversalChoice = {},
  ): ReversalPair[] {
    const [fewest, most] = lengths;
    const whole = Number.isSafeInteger(fewest) && Number.isSafeInteger(most);
    if (!whole || fewest < SHORTEST_REVERSAL || most > LONGEST_REVERSAL || fewest > most)
      throw new RangeError(
        `Sequences of ${JSON.stringify(lengths)} symbols: expected [fewest, most], whole numbers from ${SHORTEST_REVERSAL} to ${LONGEST_REVERSAL}.`,
      );
    if (!Number.isSafeInteger(count) || count < 1)
      throw new RangeError(`A sample of ${count} sequences: expected a whole number from 1.`);
    if (!['train', 'validation', 'test'].includes(split))
      throw new RangeError(`No split ${JSON.stringify(split)}: expected train, validation or test.`);
    return Array.from({ length: count }, () => {
      const length = fewest + random.integer(most - fewest + 1);
      // The rarest split comes once in twenty draws, so this ends.
      for (;;) {
        const source = Array.from({ length }, () => symbols[random.integer(symbols.length)]!);
        if (splitOfSentence(source.join('')) === split) return pair(source);
      }
    });
  }
  return { vocabulary: createVocabulary([symbols.join('')]), sample, pair };
}
