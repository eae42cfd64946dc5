import type { Random } from '../random/random.js';
import { createVocabulary, type Vocabulary } from '../text/vocabulary.js';
import type { Split } from './calendar.js';
import { splitOfSentence } from './growing-up-grammar.js';
import { type AskedStory, askedStories, type Story, writeStories } from './stories-file.js';
import { type FrozenStories, STORY_TASKS, type StoryTask, tellStory } from './stories-world.js';

export interface StoryChoice {
  readonly task: StoryTask;
  /** By a hash of the whole story: about 10 % test, 5 % validation. Default `train`. */
  readonly split?: Split;
}

/** Stories of people who walk about and carry things, with questions whose facts are known. */
export interface Stories {
  readonly people: readonly string[];
  readonly places: readonly string[];
  readonly things: readonly string[];
  /** Every word of the grammar, answers included, in code point order. */
  readonly vocabulary: Vocabulary;
  /** Every answer of a task, in the order of the grammar. @throws RangeError for a task that there is not */
  answers(task: StoryTask): readonly string[];
  /** `count` independent stories of five questions each. @throws RangeError on a count, task or split that cannot be */
  sample(random: Random, count: number, choice: StoryChoice): Story[];
  /** `count` questions, each with what was told before it, of as few stories as it takes. */
  questions(random: Random, count: number, choice: StoryChoice): AskedStory[];
}

/**
 * Makes the stories task from its frozen file. Source: `datasets/stories/card.md`; the kinds of questions are those of the bAbI
 * tasks 1, 2, 6 and 7 (Weston et al. 2015), names, places, things and sentences are our own.
 *
 * @param frozen parsed content of `datasets/stories/stories.json`
 * @throws Error when it is not that
 */
export function loadStories(frozen: FrozenStories): Stories {
  if (frozen?.name !== 'stories' || frozen.version !== 1) {
    throw new Error(
      `Not the stories task: expected name "stories", version 1, got ${JSON.stringify(frozen?.name)}, ${JSON.stringify(frozen?.version)}.`,
    );
  }
  const { people, places, things, numbers } = frozen;
  const answersOf: Record<StoryTask, readonly string[]> = {
    'one-fact': places,
    'two-facts': places,
    'yes-no': ['yes', 'no'],
    counting: numbers.slice(0, things.length + 1),
  };

  function* draw(random: Random, { task, split = 'train' }: StoryChoice): Generator<Story> {
    checkTask(task);
    if (!['train', 'validation', 'test'].includes(split))
      throw new RangeError(`No split ${JSON.stringify(split)}: expected train, validation or test.`);
    for (;;) {
      const story = tellStory(frozen, random, task);
      // The rarest split comes once in twenty stories, so a caller gets what it waits for.
      if (splitOfSentence(writeStories([story])) === split) yield story;
    }
  }
  function take<Item>(items: Generator<Item>, count: number): Item[] {
    if (!Number.isSafeInteger(count) || count < 1)
      throw new RangeError(`A sample of ${count}: expected a whole number from 1.`);
    const taken: Item[] = [];
    for (const item of items) {
      taken.push(item);
      if (taken.length === count) break;
    }
    return taken;
  }
  function* ask(stories: Generator<Story>): Generator<AskedStory> {
    for (const story of stories) yield* askedStories(story);
  }

  return {
    people,
    places,
    things,
    vocabulary: vocabularyOf(frozen, answersOf),
    answers: (task) => {
      checkTask(task);
      return answersOf[task];
    },
    sample: (random, count, choice) => take(draw(random, choice), count),
    questions: (random, count, choice) => take(ask(draw(random, choice)), count),
  };
}

function checkTask(task: StoryTask): void {
  if (!STORY_TASKS.includes(task))
    throw new RangeError(`No stories of ${JSON.stringify(task)}: expected one of ${STORY_TASKS.join(', ')}.`);
}

function vocabularyOf(frozen: FrozenStories, answers: Record<StoryTask, readonly string[]>): Vocabulary {
  const templates = [...frozen.moves, ...frozen.takes, ...frozen.drops, ...Object.values(frozen.questions)];
  const words = [
    ...templates.flatMap((template) => storyWords(template.replace(/\{\w+\}/g, ' '))),
    ...[...frozen.people, ...frozen.places, ...frozen.things, ...Object.values(answers).flat()].flatMap(
      storyWords,
    ),
  ];
  return createVocabulary([[...new Set(words)].sort().join(' ')], { kind: 'word' });
}

/** The words of a sentence or question: lower case, without the sign at its end. */
export function storyWords(sentence: string): string[] {
  return sentence
    .toLowerCase()
    .replace(/[.?!]\s*$/, '')
    .split(/\s+/)
    .filter(Boolean);
}
