import type { Random } from '../random/random.js';
import type { Split } from './calendar.js';
import { splitOfSentence, wordsOf } from './growing-up-grammar.js';

/** The grammar as plain data: the content of `datasets/signal-words/signal-words.json`. */
export interface FrozenSignalWords {
  readonly name: string;
  readonly version: number;
  /** Topic -> its signal words, nouns that no filler is. */
  readonly topics: Readonly<Record<string, readonly string[]>>;
  /** Stands before the one signal word that counts, where only one of several does. */
  readonly marker: string;
  /** Fillers by the place they take in a clause, the most frequent first. */
  readonly slots: Readonly<Record<string, readonly string[]>>;
  /** Clauses of words and `{slot}`s. Signal words stand in the place of a `{thing}`. */
  readonly templates: readonly string[];
  /** What stands between two clauses; one of them is a full stop alone, which also ends the text. */
  readonly joints: readonly string[];
  /** SHA-256 of a sample, one text a line, that `generate.ts` draws. */
  readonly sample: { readonly texts: number; readonly sha256: string };
}

/** A text without signal words. */
export interface FillerText {
  readonly words: string[];
  /** Places of things: there a signal word can stand. */
  readonly things: number[];
  /** Of those, the ones with an adjective before them: there the marker can stand. */
  readonly described: number[];
}

/** The shortest clause and the full stop. */
export const SHORTEST_TEXT = 5;

/** Draws from a list with probability 1 / rank (Zipf's law), up to a factor. */
export function zipf(words: readonly string[]): (random: Random) => string {
  let total = 0;
  const sums = words.map((_, rank) => {
    total += 1 / (rank + 1);
    return total;
  });
  return (random) => {
    const at = random.uniform(0, total);
    return words[
      Math.max(
        0,
        sums.findIndex((sum) => at < sum),
      )
    ]!;
  };
}

interface Clause {
  readonly words: readonly string[];
  readonly things: readonly number[];
  readonly described: readonly number[];
}

/**
 * Draws texts of fillers with exactly `length` words, signs among them, whose clauses all belong to a split.
 *
 * A clause belongs to a split by its words without its things and adjectives, so that putting a signal word and a marker
 * into it does not carry it over to another split.
 */
export function prepareTexts(
  frozen: FrozenSignalWords,
): (random: Random, length: number, split: Split) => FillerText {
  const draw = new Map(Object.entries(frozen.slots).map(([slot, words]) => [slot, zipf(words)]));
  const templates = frozen.templates.map((template) => wordsOf(template));
  const joints = frozen.joints.map((joint) => wordsOf(joint));
  const shortest = Math.min(...templates.map(({ length }) => length));

  function clause(random: Random, template: readonly string[], split: Split): Clause {
    // A share of 5 % is missed a thousand times in a row once in 10^22 draws.
    for (let tries = 0; tries < 1000; tries++) {
      const words = template.map((word) => draw.get(word.slice(1, -1))?.(random) ?? word);
      const frame = template.map((slot, at) =>
        slot === '{thing}' || slot === '{adjective}' ? slot : words[at]!,
      );
      if (splitOfSentence(frame.join(' ')) !== split) continue;
      const things = template.flatMap((slot, at) => (slot === '{thing}' ? [at] : []));
      return { words, things, described: things.filter((at) => template[at - 1] === '{adjective}') };
    }
    throw new Error(
      `signal-words: no clause like "${template.join(' ')}" belongs to ${split}; restore the file`,
    );
  }

  return (random, length, split) => {
    const text: FillerText = { words: [], things: [], described: [] };
    for (;;) {
      const left = length - text.words.length;
      // What remains after a clause is the last full stop, or a joint of at least one word, a clause and the full stop.
      const fits = (size: number) => left - size === 1 || left - size >= 1 + shortest + 1;
      const fitting = templates.filter((template) => fits(template.length));
      if (fitting.length === 0)
        throw new RangeError(
          `A text of ${length} words cannot be made of clauses: expected at least ${shortest + 1}.`,
        );
      const { words, things, described } = clause(random, random.choice(fitting), split);
      const from = text.words.length;
      text.words.push(...words);
      text.things.push(...things.map((at) => from + at));
      text.described.push(...described.map((at) => from + at));
      const after = length - text.words.length;
      if (after === 1) {
        text.words.push('.');
        return text;
      }
      const joint = random.choice(joints.filter((each) => after - each.length >= shortest + 1));
      text.words.push(...joint);
    }
  };
}
