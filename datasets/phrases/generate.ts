/**
 * Makes phrases.json from the word lists, or checks the frozen one.
 *
 *   node --import tsx datasets/phrases/generate.ts [--check | --write]      (--check without an argument)
 *
 * --check verifies the file's hash, the hash of a sample of what it spells, and that the lists give it byte for byte.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../lib/src/random/random.js';
import type { Split } from '../../lib/src/tasks/calendar.js';
import { loadPhrases, splitOfCombination } from '../../lib/src/tasks/phrases.js';
import { allCombinations } from '../../lib/src/tasks/phrases-combinations.js';
import { type FrozenPhrases, LANGUAGES, type Language } from '../../lib/src/tasks/phrases-lexicon.js';
import { adjectives, nouns, verbs } from './words.js';

const FILE = fileURLToPath(new URL('phrases.json', import.meta.url));
const SUMS = fileURLToPath(new URL('SHA256SUMS', import.meta.url));
const SPLITS: readonly Split[] = ['train', 'validation', 'test'];
const SAMPLE = 9000;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

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

const serialise = (data: FrozenPhrases): string => `${JSON.stringify(data, null, 1)}\n`;

function write(): void {
  const data = generate();
  const text = serialise(data);
  writeFileSync(FILE, text);
  writeFileSync(SUMS, `${sha256(text)}  phrases.json\n`);
  console.log(`phrases.json written, SHA-256 ${sha256(text)}`);
  console.log(
    JSON.stringify({ ...data, nouns: nouns.length, adjectives: adjectives.length, verbs: verbs.length }),
  );
}

function check(): void {
  const text = readFileSync(FILE, 'utf8');
  const expected = readFileSync(SUMS, 'utf8').slice(0, 64);
  if (sha256(text) !== expected)
    throw new Error(
      `phrases.json has SHA-256 ${sha256(text)}, expected ${expected}: it was changed; restore it.`,
    );
  const made = generate();
  const frozen = JSON.parse(text) as FrozenPhrases;
  if (made.sample.sha256 !== frozen.sample.sha256)
    throw new Error(
      `The words are spelt otherwise than when they were frozen: ${made.sample.count} phrases have SHA-256 ` +
        `${made.sample.sha256} instead of ${frozen.sample.sha256}. Restore the grammar, or write the file anew and say so.`,
    );
  if (serialise(made) !== text)
    throw new Error('The word lists give another phrases.json than the frozen one: restore one of them.');
  console.log(`phrases: generated again byte for byte; ${made.sample.count} phrases have the frozen hash`);
}

const [mode = '--check'] = process.argv.slice(2);
if (mode === '--write') write();
else if (mode === '--check') check();
else throw new Error(`Unknown option ${mode}: expected --check or --write.`);
