import type { Random } from '../random/random.js';
import { checkSizes, type TokenBatch } from './sequences.js';

/** Share of right answers of a guess among `symbols`; its cross-entropy is ln `symbols`. */
export const delayedRecallChance = (symbols: number): number => 1 / symbols;

/**
 * Delayed recall: one of `symbols` is shown first, then `delay` steps of distraction (other tokens, drawn at random), then
 * the question; `targets` is `[batch]`, the symbol. Tokens 0 ... symbols - 1 are the symbols, the next `distractors` the
 * distraction, the last one is the question. Sequences are `delay` + 2 long.
 *
 * The smallest task on which the reach of a memory can be read off: nothing but the distance makes it hard.
 *
 * @throws where `batch` < 1, `delay` < 0, `symbols` < 2 or `distractors` < 1
 */
export function delayedRecall(
  random: Random,
  sizes: { batch: number; delay: number; symbols?: number; distractors?: number },
): TokenBatch & { readonly vocabulary: number } {
  const { batch, delay, symbols = 8, distractors = 4 } = sizes;
  checkSizes('delayedRecall', {
    batch: [batch, 1],
    delay: [delay, 0],
    symbols: [symbols, 2],
    distractors: [distractors, 1],
  });
  const time = delay + 2;
  const vocabulary = symbols + distractors + 1;
  const tokens = new Int32Array(batch * time);
  const targets = new Int32Array(batch);
  for (let b = 0; b < batch; b++) {
    const row = b * time;
    targets[b] = random.integer(symbols);
    tokens[row] = targets[b];
    for (let t = 1; t <= delay; t++) tokens[row + t] = symbols + random.integer(distractors);
    tokens[row + time - 1] = vocabulary - 1;
  }
  return { batch, time, tokens, targets, vocabulary };
}
