/**
 * Makes signal-words.json from the word lists, or checks the frozen one.
 *
 *   node --import tsx datasets/signal-words/generate.ts [--check | --write]      (--check without an argument)
 *
 * --check verifies the file's hash, the hash of the texts that are drawn from it, and that the lists give it byte for byte.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadSignalWords } from '../../lib/src/tasks/signal-words.js';
import type { FrozenSignalWords } from '../../lib/src/tasks/signal-words-grammar.js';
import { joints, marker, slots, templates, topics } from './words.js';

const FILE = fileURLToPath(new URL('signal-words.json', import.meta.url));
const SUMS = fileURLToPath(new URL('SHA256SUMS', import.meta.url));
const TEXTS = 3000;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

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

const serialise = (data: FrozenSignalWords): string => `${JSON.stringify(data, null, 1)}\n`;

function write(): void {
  const data = generate();
  const text = serialise(data);
  writeFileSync(FILE, text);
  writeFileSync(SUMS, `${sha256(text)}  signal-words.json\n`);
  console.log(`signal-words.json written, SHA-256 ${sha256(text)}`);
  console.log(JSON.stringify(data.sample));
}

function check(): void {
  const text = readFileSync(FILE, 'utf8');
  const expected = readFileSync(SUMS, 'utf8').slice(0, 64);
  if (sha256(text) !== expected) {
    throw new Error(
      `signal-words.json has SHA-256 ${sha256(text)}, expected ${expected}: it was changed; restore it.`,
    );
  }
  const frozen = JSON.parse(text) as FrozenSignalWords;
  const sample = sampleOf(frozen);
  if (JSON.stringify(sample) !== JSON.stringify(frozen.sample)) {
    throw new Error(
      `The drawn texts are not the frozen ones: ${JSON.stringify(sample)} instead of ${JSON.stringify(frozen.sample)}.`,
    );
  }
  if (serialise(generate()) !== text)
    throw new Error(
      'The word lists give another signal-words.json than the frozen one: restore one of them.',
    );
  console.log(`signal-words: generated again byte for byte; ${sample.texts} texts have the frozen hash`);
}

const [mode = '--check'] = process.argv.slice(2);
if (mode === '--write') write();
else if (mode === '--check') check();
else throw new Error(`Unknown option ${mode}: expected --check or --write.`);
