/**
 * Makes growing-up.json from the word lists below, or checks the frozen one.
 *
 *   node --import tsx datasets/growing-up/generate.ts [--check | --write]      (--check without an argument)
 *
 * --check verifies the file's hash, the hash of all sentences that it spells, and that the lists give it byte for byte.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Split } from '../../lib/src/tasks/calendar.js';
import {
  allFacts,
  allFillers,
  type FrozenGrowingUp,
  spellFact,
  splitOfSentence,
} from '../../lib/src/tasks/growing-up-grammar.js';
import { countries, fillers, long, short } from './words.js';

const FILE = fileURLToPath(new URL('growing-up.json', import.meta.url));
const SUMS = fileURLToPath(new URL('SHA256SUMS', import.meta.url));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function countSentences(grammar: Pick<FrozenGrowingUp, 'fillers' | 'short'>): FrozenGrowingUp['sentences'] {
  const hash = createHash('sha256');
  const count = (sentences: Iterable<string>): Record<Split, number> => {
    const counts: Record<Split, number> = { train: 0, validation: 0, test: 0 };
    const seen = new Set<string>();
    for (const sentence of sentences) {
      if (seen.has(sentence)) throw new Error(`The grammar spells "${sentence}" in two ways.`);
      seen.add(sentence);
      counts[splitOfSentence(sentence)]++;
    }
    hash.update([...seen].join('\n')).update('\n');
    return counts;
  };
  const fillers = count(allFillers(grammar));
  const short = count(spelt(grammar));
  return { fillers, short, sha256: hash.digest('hex') };
}

function* spelt(grammar: Pick<FrozenGrowingUp, 'short'>): Generator<string> {
  for (const fact of allFacts(grammar)) yield spellFact(fact);
}

function generate(): FrozenGrowingUp {
  const grammar = { countries, long, fillers, short };
  return { name: 'growing-up', version: 1, ...grammar, sentences: countSentences(grammar) };
}

const serialise = (data: FrozenGrowingUp): string => `${JSON.stringify(data, null, 1)}\n`;

function write(): void {
  const data = generate();
  const text = serialise(data);
  writeFileSync(FILE, text);
  writeFileSync(SUMS, `${sha256(text)}  growing-up.json\n`);
  console.log(`growing-up.json written, SHA-256 ${sha256(text)}`);
  console.log(JSON.stringify(data.sentences));
}

function check(): void {
  const text = readFileSync(FILE, 'utf8');
  const expected = readFileSync(SUMS, 'utf8').slice(0, 64);
  if (sha256(text) !== expected) {
    throw new Error(
      `growing-up.json has SHA-256 ${sha256(text)}, expected ${expected}: it was changed; restore it.`,
    );
  }
  const frozen = JSON.parse(text) as FrozenGrowingUp;
  const sentences = countSentences(frozen);
  if (JSON.stringify(sentences) !== JSON.stringify(frozen.sentences)) {
    throw new Error(
      `The rebuilt sentences are not the frozen ones: ${JSON.stringify(sentences)} instead of ${JSON.stringify(frozen.sentences)}.`,
    );
  }
  if (serialise(generate()) !== text)
    throw new Error('The word lists give another growing-up.json than the frozen one: restore one of them.');
  const total = Object.values(sentences.fillers).reduce((sum, count) => sum + count, 0);
  console.log(`growing-up: generated again byte for byte; ${total} filler sentences have the frozen hash`);
}

const [mode = '--check'] = process.argv.slice(2);
if (mode === '--write') write();
else if (mode === '--check') check();
else throw new Error(`Unknown option ${mode}: expected --check or --write.`);
