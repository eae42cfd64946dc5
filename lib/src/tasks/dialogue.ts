import type { Random } from '../random/random.js';
import type { Split } from './calendar.js';

/** What somebody tells, ending in a question, and the answer; words and signs apart by blanks. */
export interface Dialogue {
  readonly source: string;
  readonly target: string;
  /** The words of the answer that only the facts give: a name or a town. */
  readonly fact: string;
}

const people = {
  she: {
    whose: 'her',
    relations: ['sister', 'mother', 'aunt', 'daughter'],
    names: ['ann', 'eva', 'mia', 'zoe', 'lea', 'ida', 'ruth', 'kim', 'nora', 'jane'],
  },
  he: {
    whose: 'his',
    relations: ['brother', 'father', 'uncle', 'son'],
    names: ['tom', 'ben', 'max', 'leo', 'jon', 'kai', 'paul', 'nick', 'otto', 'jack'],
  },
} as const;
const towns = ['rome', 'oslo', 'lima', 'bern', 'kiev', 'cork', 'bonn', 'york', 'nice', 'pune'] as const;

type Pronoun = keyof typeof people;

/** A fifth of the pairs of name and town is for test, a fifth for validation. */
function splitOfPair(name: number, town: number): Split {
  const part = (name + 2 * town) % 5;
  return part === 0 ? 'test' : part === 1 ? 'validation' : 'train';
}

/**
 * Small talk with a question at its end: "my sister is called mia . she lives in oslo . what is her name again ?" is answered by
 * "her name is mia .". Half of the dialogues also tell of a man where a woman is asked for, or the other way round, so the
 * answer needs the right one of two.
 *
 * The pairs of name and town are split: of whoever is asked for, the pair belongs to `split`; no pair of another split occurs
 * in a training dialogue.
 *
 * Pure in the state of `random`.
 */
export function dialogue(random: Random, split: Split = 'train'): Dialogue {
  const asked = random.choice<Pronoun>(['she', 'he']);
  const other: Pronoun = asked === 'she' ? 'he' : 'she';
  const main = introduce(random, asked, split);
  const parts = [main.text];
  // Whoever is not asked for is known from training, so that a test changes one thing only.
  if (random.uniform() < 0.5) parts.push(introduce(random, other, 'train').text);
  if (random.uniform() < 0.5) parts.reverse();
  const { whose } = people[asked];
  const byName = random.uniform() < 0.5;
  parts.push(byName ? `what is ${whose} name again ?` : `where does ${asked} live ?`);
  return {
    source: parts.join(' '),
    target: byName ? `${whose} name is ${main.name} .` : `${asked} lives in ${main.town} .`,
    fact: byName ? main.name : main.town,
  };
}

function introduce(random: Random, pronoun: Pronoun, split: Split) {
  const { relations, names } = people[pronoun];
  for (;;) {
    const [n, t] = [random.integer(names.length), random.integer(towns.length)];
    if (splitOfPair(n, t) !== split) continue;
    const [name, town] = [names[n]!, towns[t]!];
    const text = `my ${random.choice(relations)} is called ${name} . ${pronoun} lives in ${town} .`;
    return { name, town, text };
  }
}
