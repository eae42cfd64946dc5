import type { Random } from '../random/random.js';
import { checkSizes, type TokenBatch } from './sequences.js';

/** Symbols to remember, of how many kinds; the sizes of the literature. */
export const COPY_LENGTH = 10;
export const COPY_SYMBOLS = 8;
/** The token that fills the wait, and the one that asks for the answer. */
export const COPY_BLANK = 0;
export const COPY_GO = COPY_SYMBOLS + 1;
/** Blank, the symbols 1 ... 8, go. */
export const COPY_VOCABULARY = COPY_SYMBOLS + 2;

/**
 * Mean cross-entropy per place, in nats, of the best answer that remembers nothing: sure of the `delay` + 10 blanks, at
 * chance among 8 symbols for the last 10 places: 10 ln 8 / (delay + 20).
 */
export const copyMemoryChance = (delay: number): number =>
  (COPY_LENGTH * Math.log(COPY_SYMBOLS)) / (delay + 2 * COPY_LENGTH);

/**
 * Copy memory: ten symbols, `delay` blanks of which the last says "now", then the ten symbols are to be repeated.
 * Sequences are `delay` + 20 long; the target is blank until the last ten places.
 *
 * Source: Hochreiter and Schmidhuber 1997; in this form Arjovsky et al. 2016, section 5.1.
 *
 * @throws where `batch` < 1 or `delay` < 1
 */
export function copyMemory(random: Random, { batch, delay }: { batch: number; delay: number }): TokenBatch {
  checkSizes('copyMemory', { batch: [batch, 1], delay: [delay, 1] });
  const time = delay + 2 * COPY_LENGTH;
  const tokens = new Int32Array(batch * time).fill(COPY_BLANK);
  const targets = new Int32Array(batch * time).fill(COPY_BLANK);
  for (let b = 0; b < batch; b++) {
    const row = b * time;
    for (let i = 0; i < COPY_LENGTH; i++) {
      const symbol = 1 + random.integer(COPY_SYMBOLS);
      tokens[row + i] = symbol;
      targets[row + time - COPY_LENGTH + i] = symbol;
    }
    tokens[row + COPY_LENGTH + delay - 1] = COPY_GO;
  }
  return { batch, time, tokens, targets };
}
