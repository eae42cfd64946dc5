/**
 * Makes growing-up.json from the word lists below, or checks the frozen one.
 *
 *   node --import tsx datasets/growing-up/generate.ts [--check | --write]      (--check without an argument)
 */
import { createHash } from 'node:crypto';
import type { Split } from '../../lib/src/tasks/calendar.js';
import {
  allFacts,
  allFillers,
  type FrozenGrowingUp,
  spellFact,
  splitOfSentence,
} from '../../lib/src/tasks/growing-up-grammar.js';
import { runGenerator } from '../generator.js';
import { countries, fillers, long, short } from './words.js';

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

runGenerator({ url: import.meta.url, generate, indent: 1 });
