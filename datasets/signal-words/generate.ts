/**
 * Makes signal-words.json from the word lists, or checks the frozen one.
 *
 *   node --import tsx datasets/signal-words/generate.ts [--check | --write]      (--check without an argument)
 */
import { loadSignalWords } from '../../lib/src/tasks/signal-words.js';
import type { FrozenSignalWords } from '../../lib/src/tasks/signal-words-grammar.js';
import { runGenerator, sha256 } from '../generator.js';
import { joints, marker, slots, templates, topics } from './words.js';

const TEXTS = 3000;

/** The fixed test texts, with the marked ones after them, as they are drawn from a grammar. */
function sampleOf(grammar: FrozenSignalWords): FrozenSignalWords['sample'] {
  const task = loadSignalWords(grammar);
  const texts = [
    ...task.fixedSet(TEXTS / 2, { split: 'test' }),
    ...task.fixedSet(TEXTS / 2, { split: 'test', counts: 'marked' }),
  ];
  const lines = texts.map(({ words, label, deciding, decoys }) =>
    [task.classes[label], deciding.join(), decoys.join(), words.join(' ')].join('\t'),
  );
  return { texts: TEXTS, sha256: sha256(`${lines.join('\n')}\n`) };
}

function generate(): FrozenSignalWords {
  const grammar = { name: 'signal-words', version: 1, topics, marker, slots, templates, joints };
  return { ...grammar, sample: sampleOf({ ...grammar, sample: { texts: 0, sha256: '' } }) };
}

runGenerator({ url: import.meta.url, generate, indent: 1 });
