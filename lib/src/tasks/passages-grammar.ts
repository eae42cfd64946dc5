import type { Random } from '../random/random.js';
import type { Split } from './calendar.js';

/** Of each slot, such as `roles`, the words or groups of words that can stand in it. */
export type PassageSlots = Readonly<Record<string, readonly string[]>>;

export interface PassageFrameQuestion {
  readonly text: string;
  /** The slot, or the marked part `<name ... >`, of the sentence that answers. */
  readonly answer: string;
  /** The slot without which the question has no answer. */
  readonly key: string;
}

/** A kind of sentence: a head and a tail, written as words with blanks between them. */
export interface PassageFrame {
  readonly name: string;
  readonly heads: readonly string[];
  readonly tails: readonly string[];
  /** The head and tail that never stand together in training: those of the passage that the course begins with. */
  readonly heldOut?: readonly [head: number, tail: number];
  readonly questions: readonly PassageFrameQuestion[];
}

/** The grammar as plain data: the content of `datasets/passages/passages.json`. */
export interface FrozenPassages {
  readonly name: 'passages';
  readonly version: number;
  readonly frames: readonly PassageFrame[];
  readonly slots: Readonly<Record<Split, PassageSlots>>;
  /** Of `count` passages of each split, one a line: guards the drawing against changing unseen. */
  readonly sample: { readonly count: number; readonly sha256: string };
}

/** A sentence with the places of its parts. */
export interface PassageSentence {
  readonly frame: PassageFrame;
  readonly words: readonly string[];
  /** What stands in each slot or marked part: its words, and where, `[start, end)` from the sentence's beginning. */
  readonly parts: ReadonlyMap<
    string,
    { readonly text: string; readonly start: number; readonly end: number }
  >;
}

export const templateWords = (template: string): string[] => template.split(' ').filter(Boolean);

const slotName = (word: string): string | undefined => /^\{(\w+)\}$/.exec(word)?.[1];

/** Fills a template; `choose` gives the words of a slot. */
export function fillPassage(
  template: string,
  choose: (slot: string) => string,
): Pick<PassageSentence, 'words' | 'parts'> {
  const words: string[] = [];
  const parts = new Map<string, { text: string; start: number; end: number }>();
  const open: { name: string; start: number }[] = [];
  const add = (name: string, start: number) =>
    parts.set(name, { text: words.slice(start).join(' '), start, end: words.length });
  for (const word of templateWords(template)) {
    const slot = slotName(word);
    if (slot !== undefined) {
      const start = words.length;
      words.push(...templateWords(choose(slot)));
      add(slot, start);
    } else if (word.startsWith('<') && word.length > 1)
      open.push({ name: word.slice(1), start: words.length });
    else if (word === '>') {
      const { name, start } = open.pop()!;
      add(name, start);
    } else words.push(word);
  }
  return { words, parts };
}

/** Draws words for slots, none twice in a passage but for the people that it is about. */
export function slotDrawer(random: Random, slots: PassageSlots): (slot: string) => string {
  const used = new Set<string>();
  const main = random.choice(slots.roles ?? []);
  return (slot) => {
    // A passage is about some people most of the time, as a text is about its subject.
    if (slot === 'roles' && random.uniform() < 0.6) return main;
    const left = (slots[slot] ?? []).filter((words) => !used.has(words) && words !== main);
    if (left.length === 0)
      throw new Error(`passages: no words are left for {${slot}}; ask for fewer sentences`);
    const words = random.choice(left);
    used.add(words);
    return words;
  };
}

/** Draws one sentence. @param all whether the head and tail that are held out may meet */
export function drawSentence(
  random: Random,
  frame: PassageFrame,
  { draw, all }: { readonly draw: (slot: string) => string; readonly all: boolean },
): PassageSentence {
  for (;;) {
    const [head, tail] = [random.integer(frame.heads.length), random.integer(frame.tails.length)];
    if (!all && frame.heldOut?.[0] === head && frame.heldOut[1] === tail) continue;
    return { frame, ...fillPassage(`${frame.heads[head]} ${frame.tails[tail]}`, draw) };
  }
}
