import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  createBytePair,
  createVocabulary,
  normaliseText,
  readLines,
  readParallel,
  type Tokeniser,
  type TranslationPair,
} from 'heed';
import { options } from './options.js';

export interface Text {
  readonly source: string;
  readonly target: string;
}

/** Tokens of a side in training; the corpus has captions of 12 words. */
export const LONGEST = 60;

const folder = options.data ?? findData();

function findData(): string {
  const root = resolve(import.meta.dirname, '../..');
  const near = [
    root,
    ...readdirSync(resolve(root, '..'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => resolve(root, '..', name)),
  ].map((place) => join(place, 'data/multi30k'));
  const found = near.find((place) => existsSync(place));
  if (found === undefined) {
    throw new Error(
      'Multi30k was not found: put train.de, train.en, val.de and val.en (or .gz) into data/multi30k, or give --data FOLDER.',
    );
  }
  return found;
}

function file(name: string): string {
  const plain = join(folder, name);
  return existsSync(plain) ? plain : `${plain}.gz`;
}

/** The sentences of a split: `train` or `val`. */
export async function readSplit(split: 'train' | 'val'): Promise<Text[]> {
  const texts: Text[] = [];
  const parallel = readParallel({ source: file(`${split}.de`), target: file(`${split}.en`) });
  for await (const pair of parallel) texts.push(pair);
  return texts;
}

/** @throws where the files are not of one length */
export async function readTest(from: string, to: string): Promise<Text[]> {
  const [sources, references] = [await readAll(from), await readAll(to)];
  if (sources.length !== references.length)
    throw new Error(
      `${from} has ${sources.length} lines and ${to} ${references.length}; expected equally many.`,
    );
  return sources.map((text, at) => ({ source: text, target: references[at]! }));
}

async function readAll(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(path)) lines.push(line);
  return lines;
}

export function learnTokens(texts: readonly string[]): Tokeniser {
  const lower = texts.map((text) => normaliseText(text));
  return options.tokens === 'word'
    ? createVocabulary(lower, { kind: 'word', minimumCount: 2 })
    : createBytePair(lower, { merges: Number(options.merges) });
}

export function idsOf(tokeniser: Tokeniser, text: string): number[] {
  return tokeniser.encode(normaliseText(text), { unknown: 'id' });
}

/** Both sides as ids; what is longer than `LONGEST` is left out. */
export function pairsOf(texts: readonly Text[], source: Tokeniser, target: Tokeniser): TranslationPair[] {
  return texts
    .map((pair) => ({ source: idsOf(source, pair.source), target: idsOf(target, pair.target) }))
    .filter((pair) => Math.max(pair.source.length, pair.target.length) <= LONGEST);
}
