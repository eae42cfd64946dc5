import type { Random } from '../random/random.js';
import { type Split, scramble } from './calendar.js';

/** The grammar as plain data: the content of `datasets/growing-up/growing-up.json`. */
export interface FrozenGrowingUp {
  readonly name: string;
  readonly version: number;
  /** Each country of one word, and its language; no language twice. */
  readonly countries: readonly { readonly country: string; readonly language: string }[];
  readonly long: {
    /** Whole sentences with `{country}` and `{language}` two or three words apart. */
    readonly near: readonly string[];
    /** Sentences that end in `{country} .` */
    readonly openings: readonly string[];
    /** Sentences with three or four words before `{language} .` */
    readonly endings: readonly string[];
  };
  /** What stands between an opening and an ending: templates of words and `{slot}`s, each ending in a full stop. */
  readonly fillers: {
    readonly slots: Readonly<Record<string, readonly string[]>>;
    readonly templates: readonly string[];
  };
  readonly short: {
    /** Sentences with `{thing}`, `{value}` and, last but for the full stop, `{attribute}`. */
    readonly templates: readonly string[];
    /** thing -> attribute -> values that are true of it */
    readonly things: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  };
  /** Of all filler sentences and short sentences, in the order of the grammar, one a line. */
  readonly sentences: {
    readonly fillers: Readonly<Record<Split, number>>;
    readonly short: Readonly<Record<Split, number>>;
    readonly sha256: string;
  };
}

/**
 * The split of a filler or short sentence, from its letters alone: about 10 % are for test, 5 % for validation, all others
 * for training. FNV-1a over the code units, then the finaliser of MurmurHash3.
 */
export function splitOfSentence(text: string): Split {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  const share = scramble(hash) % 100;
  if (share < 10) return 'test';
  return share < 15 ? 'validation' : 'train';
}

/** Words and signs of a template; both are separated by one space throughout the grammar. */
export const wordsOf = (template: string): string[] => template.split(' ');

const slotOf = (word: string): string | undefined => /^\{(\w+)\}$/.exec(word)?.[1];

/** A template with a list of words in each place; a fixed word is a list of one. */
export function placesOf(
  template: string,
  slots: Readonly<Record<string, readonly string[]>>,
): readonly (readonly string[])[] {
  return wordsOf(template).map((word) => {
    const slot = slotOf(word);
    if (slot === undefined) return [word];
    const words = slots[slot];
    if (words === undefined || words.length === 0)
      throw new Error(
        `growing-up: the template "${template}" asks for {${slot}}, which has no words; restore the file`,
      );
    return words;
  });
}

/** Every sentence of the templates, in their order; the last place turns fastest. */
export function* allFillers({ fillers }: Pick<FrozenGrowingUp, 'fillers'>): Generator<string> {
  for (const template of fillers.templates) {
    yield* spell(placesOf(template, fillers.slots), 0, []);
  }
}

function* spell(places: readonly (readonly string[])[], at: number, before: string[]): Generator<string> {
  if (at === places.length) {
    yield before.join(' ');
    return;
  }
  for (const word of places[at]!) yield* spell(places, at + 1, [...before, word]);
}

/** A short sentence taken apart. */
export interface ShortFact {
  readonly template: string;
  readonly thing: string;
  readonly value: string;
  readonly attribute: string;
}

/** Every true combination, in the order of the grammar. */
export function* allFacts({ short }: Pick<FrozenGrowingUp, 'short'>): Generator<ShortFact> {
  for (const template of short.templates)
    for (const [thing, attributes] of Object.entries(short.things))
      for (const [attribute, values] of Object.entries(attributes))
        for (const value of values) yield { template, thing, value, attribute };
}

/** Puts words into `{name}`s. */
export function fill(template: string, words: Readonly<Record<string, string>>): string[] {
  return wordsOf(template).map((word) => words[slotOf(word) ?? ''] ?? word);
}

export const spellFact = ({ template, ...words }: ShortFact): string => fill(template, words).join(' ');

/**
 * Draws filler sentences of one split that have `total` words and full stops together. Templates that fit are equally likely; a
 * sentence of another split is drawn again.
 *
 * @throws where a split has no filler of some length, or `total` is 1 (no filler is as short)
 */
export function prepareFillers({
  fillers,
}: Pick<FrozenGrowingUp, 'fillers'>): (random: Random, total: number, split: Split) => string[] {
  const templates = fillers.templates.map((template) => placesOf(template, fillers.slots));
  return (random, total, split) => {
    const words: string[] = [];
    while (words.length < total) {
      const left = total - words.length;
      // Never leave one word over: it could not be filled, and the drawing would not end.
      const fitting = templates.filter(({ length }) => length === left || length <= left - 2);
      if (fitting.length === 0)
        throw new RangeError(`Fillers of ${total} words cannot be made: the shortest has 2.`);
      const places = random.choice(fitting);
      words.push(...drawOf(places, random, split));
    }
    return words;
  };
}

function drawOf(places: readonly (readonly string[])[], random: Random, split: Split): string[] {
  // A share of 5 % is missed a thousand times in a row once in 10^22 draws.
  for (let tries = 0; tries < 1000; tries++) {
    const words = places.map((choices) => (choices.length === 1 ? choices[0]! : random.choice(choices)));
    if (splitOfSentence(words.join(' ')) === split) return words;
  }
  throw new Error(
    `growing-up: no sentence like "${places.map(([word]) => word).join(' ')}" belongs to ${split}; restore the file`,
  );
}
