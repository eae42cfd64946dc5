import { readLines } from '../text/lines.js';
import type { Story, StoryQuestion } from './stories-file.js';

/**
 * Reads stories in the format of the bAbI tasks (Weston et al. 2015): a line a sentence or a question, numbered from 1 within its
 * story; a question's line holds question, answer and the numbers of its facts, with tabs between them.
 *
 * @param source path of a file, plain or gzip, or its lines
 * @param name what messages call the lines; a path calls itself
 * @throws naming the line where the numbers do not count, a question has no sentence before it or no answer, or a fact is no
 *   sentence before it; where there is no story
 */
export async function readStories(
  source: string | Iterable<string> | AsyncIterable<string>,
  name = 'stories',
): Promise<Story[]> {
  const path = typeof source === 'string' ? source : name;
  const stories: Story[] = [];
  let open: OpenStory | undefined;
  let number = 0;
  for await (const line of typeof source === 'string' ? readLines(source) : source) {
    number++;
    if (line.trim() === '') continue;
    const where = `${path}, line ${number}`;
    const { at, text } = numbered(line, where);
    if (at === 1) {
      if (open) stories.push(open);
      open = { sentences: [], questions: [], places: [] };
    }
    if (open === undefined || at !== open.places.length + 1)
      throw new Error(
        `${where}: expected ${open ? `number ${open.places.length + 1}, or 1 for a new story` : 'number 1, a story begins'}; got ${at}`,
      );
    addLine(open, text, where);
  }
  if (open) stories.push(open);
  if (stories.length === 0)
    throw new Error(`${path}: there is no story in it, expected lines such as "1 Mary moved to the garden."`);
  return stories.map(({ sentences, questions }) => ({ sentences, questions }));
}

interface OpenStory {
  readonly sentences: string[];
  readonly questions: StoryQuestion[];
  /** Of each line so far: its place among the sentences, or null for a question. */
  readonly places: (number | null)[];
}

function numbered(line: string, where: string): { at: number; text: string } {
  const parts = /^(\d+) (.*)$/.exec(line);
  if (parts === null)
    throw new Error(
      `${where}: expected a number, a blank and a text, got ${JSON.stringify(line.slice(0, 60))}`,
    );
  return { at: Number(parts[1]), text: parts[2]! };
}

function addLine({ sentences, questions, places }: OpenStory, text: string, where: string): void {
  if (!text.includes('\t')) {
    places.push(sentences.length);
    sentences.push(text.trim());
    return;
  }
  const [question, answer, numbers = ''] = text.split('\t').map((part) => part.trim());
  if (!question || !answer)
    throw new Error(
      `${where}: a question needs an answer after a tab, got ${JSON.stringify(text.slice(0, 60))}`,
    );
  if (sentences.length === 0)
    throw new Error(`${where}: "${question}" is asked before any sentence was told`);
  const facts = numbers.split(/\s+/).filter(Boolean).map(Number);
  const told = facts.map((fact) => {
    const place = places[fact - 1];
    if (place === null || place === undefined)
      throw new Error(`${where}: fact ${fact} is no sentence before the question`);
    return place;
  });
  questions.push({ question, answer, after: sentences.length, facts: told });
  places.push(null);
}
