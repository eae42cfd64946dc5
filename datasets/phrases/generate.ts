/**
 * Makes phrases.json from the word lists, or checks the frozen one.
 *
 *   node --import tsx datasets/phrases/generate.ts [--check | --write]      (--check without an argument)
 */
import { createRandom } from '../../lib/src/random/random.js';
import type { Split } from '../../lib/src/tasks/calendar.js';
import { loadPhrases, splitOfCombination } from '../../lib/src/tasks/phrases.js';
import { allCombinations } from '../../lib/src/tasks/phrases-combinations.js';
import { type FrozenPhrases, LANGUAGES, type Language } from '../../lib/src/tasks/phrases-lexicon.js';
import { runGenerator, sha256 } from '../generator.js';
import { adjectives, nouns, verbs } from './words.js';

const SPLITS: readonly Split[] = ['train', 'validation', 'test'];
const SAMPLE = 9000;

function generate(): FrozenPhrases {
  const empty = { train: 0, validation: 0, test: 0 };
  const words = { name: 'phrases', version: 1, nouns, adjectives, verbs } as const;
  const bare = {
    ...words,
    combinations: empty,
    vocabulary: { english: 0, french: 0, german: 0 },
    sample: { count: 0, sha256: '' },
  };
  const phrases = loadPhrases(bare);
  const combinations: Record<Split, number> = { ...empty };
  for (const combination of allCombinations(words)) combinations[splitOfCombination(combination)]++;
  const lines = SPLITS.flatMap((split) =>
    phrases
      .sample(createRandom(split), SAMPLE / SPLITS.length, { split })
      .map(({ source, target, meaning }) => {
        const german = phrases.pair(meaning, 'english', 'german').target;
        return `${source.join(' ')}\t${target.join(' ')}\t${german.join(' ')}\n`;
      }),
  );
  return {
    ...words,
    combinations,
    // Four ids are no words: padding, start, end, unknown.
    vocabulary: Object.fromEntries(
      LANGUAGES.map((language) => [language, phrases.vocabulary(language).size - 4]),
    ) as Record<Language, number>,
    sample: { count: SAMPLE, sha256: sha256(lines.join('')) },
  };
}

runGenerator({ url: import.meta.url, generate, indent: 1 });
