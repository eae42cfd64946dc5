import type { Random } from '../random/random.js';
import type { Story, StoryQuestion } from './stories-file.js';

/** What the stories are made of: the content of `datasets/stories/stories.json`. */
export interface FrozenStories {
  readonly name: 'stories';
  readonly version: number;
  readonly people: readonly string[];
  readonly places: readonly string[];
  readonly things: readonly string[];
  /** Templates of `{person}`, `{place}` and `{thing}`. */
  readonly moves: readonly string[];
  readonly takes: readonly string[];
  readonly drops: readonly string[];
  readonly questions: Readonly<Record<StoryTask, string>>;
  /** Number words from none on: the answers of `counting`. */
  readonly numbers: readonly string[];
  /** Of `count` stories a task, in the file format: guards the drawing against changing unseen. */
  readonly sample: { readonly count: number; readonly sha256: string };
}

/** `one-fact`: where is a person; `two-facts`: where is a thing; `yes-no`: is a person in a place; `counting`: how many things does a person have. */
export type StoryTask = 'one-fact' | 'two-facts' | 'yes-no' | 'counting';

export const STORY_TASKS: readonly StoryTask[] = ['one-fact', 'two-facts', 'yes-no', 'counting'];

/** Questions of a story. */
const QUESTIONS = 5;

/** Puts words into the `{name}`s of a template. */
export const fillTemplate = (template: string, words: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => words[name]!);

/** Where people and things are, and the sentences (by their places) that said so. */
interface World {
  readonly sentences: string[];
  readonly whereabouts: Map<string, { place: string; said: number }>;
  /** Who handled a thing last, whether they still have it, and the sentences of that and of the thing's coming to its place. */
  readonly things: Map<string, { place: string; by: string; held: boolean; said: number; arrived: number }>;
  /** Every time that a person took or dropped something. */
  readonly handled: Map<string, number[]>;
}

/**
 * Tells one story. People act at random; nobody takes what is not there. What was taken is carried somewhere before it is put down,
 * and who put it down goes away before taking it again: else two sentences would say the same of a thing.
 */
export function tellStory(frozen: FrozenStories, random: Random, task: StoryTask): Story {
  const world: World = { sentences: [], whereabouts: new Map(), things: new Map(), handled: new Map() };
  const questions: StoryQuestion[] = [];
  while (questions.length < QUESTIONS) {
    const more = task === 'one-fact' || task === 'yes-no' ? 2 : 2 + random.integer(4);
    for (let n = 0; n < more; n++) tellNext(frozen, random, world, task);
    const asked = ask(frozen, random, world, task);
    // Nothing is known of any thing yet: tell on.
    if (asked !== undefined) questions.push({ ...asked, after: world.sentences.length });
  }
  return { sentences: world.sentences, questions };
}

function tellNext(frozen: FrozenStories, random: Random, world: World, task: StoryTask): void {
  const { sentences, whereabouts, things, handled } = world;
  const person = random.choice(frozen.people);
  const at = whereabouts.get(person);
  const said = sentences.length;
  const handling = task === 'two-facts' || task === 'counting';
  const held = heldBy(frozen, world, person);
  const carried = held.filter((thing) => things.get(thing)!.arrived > things.get(thing)!.said);
  // A thing that was never spoken of may be anywhere.
  const here = frozen.things.filter((thing) => {
    const state = things.get(thing);
    if (state === undefined) return true;
    return !state.held && state.place === at?.place && (state.by !== person || at.said > state.said);
  });
  const fate = random.uniform();
  if (handling && at !== undefined && carried.length > 0 && fate < 0.25) {
    const thing = random.choice(carried);
    sentences.push(fillTemplate(random.choice(frozen.drops), { person, thing }));
    things.set(thing, { place: at.place, by: person, held: false, said, arrived: at.said });
    handled.set(person, [...(handled.get(person) ?? []), said]);
  } else if (handling && at !== undefined && here.length > 0 && fate < 0.55) {
    const thing = random.choice(here);
    sentences.push(fillTemplate(random.choice(frozen.takes), { person, thing }));
    things.set(thing, { place: at.place, by: person, held: true, said, arrived: at.said });
    handled.set(person, [...(handled.get(person) ?? []), said]);
  } else {
    const place = random.choice(frozen.places.filter((name) => name !== at?.place));
    sentences.push(fillTemplate(random.choice(frozen.moves), { person, place }));
    whereabouts.set(person, { place, said });
    for (const thing of held) things.set(thing, { ...things.get(thing)!, place, arrived: said });
  }
}

function heldBy(frozen: FrozenStories, { things }: World, person: string): string[] {
  return frozen.things.filter((thing) => {
    const state = things.get(thing);
    return state?.held === true && state.by === person;
  });
}

type Asked = Omit<StoryQuestion, 'after'>;

function ask(frozen: FrozenStories, random: Random, world: World, task: StoryTask): Asked | undefined {
  const template = frozen.questions[task];
  if (task === 'two-facts') {
    const known = frozen.things.filter((thing) => world.things.has(thing));
    if (known.length === 0) return undefined;
    const thing = random.choice(known);
    const { place, said, arrived } = world.things.get(thing)!;
    return { question: fillTemplate(template, { thing }), answer: place, facts: [said, arrived] };
  }
  const person = random.choice(frozen.people.filter((name) => world.whereabouts.has(name)));
  const { place, said } = world.whereabouts.get(person)!;
  if (task === 'one-fact')
    return { question: fillTemplate(template, { person }), answer: place, facts: [said] };
  if (task === 'yes-no') {
    const yes = random.integer(2) === 1;
    const other = random.choice(frozen.places.filter((name) => name !== place));
    const question = fillTemplate(template, { person, place: yes ? place : other });
    return { question, answer: yes ? 'yes' : 'no', facts: [said] };
  }
  const held = heldBy(frozen, world, person).length;
  const facts = world.handled.get(person) ?? [];
  return { question: fillTemplate(template, { person }), answer: frozen.numbers[held]!, facts };
}
