/** A question inside a story. */
export interface StoryQuestion {
  readonly question: string;
  readonly answer: string;
  /** How many sentences were told before it: it is about these alone. */
  readonly after: number;
  /** The sentences that the answer follows from, by their places from 0, in the order of the file. */
  readonly facts: readonly number[];
}

/** Sentences one after the other, with questions between them. */
export interface Story {
  readonly sentences: readonly string[];
  readonly questions: readonly StoryQuestion[];
}

/** One question with what was told before it: what a reader gets, and what is known about the answer. */
export interface AskedStory {
  readonly sentences: readonly string[];
  readonly question: string;
  readonly answer: string;
  readonly facts: readonly number[];
}

/** Each question of a story with the sentences before it. */
export function askedStories({ sentences, questions }: Story): AskedStory[] {
  return questions.map(({ after, question, answer, facts }) => ({
    sentences: sentences.slice(0, after),
    question,
    answer,
    facts,
  }));
}

/**
 * Writes stories in the format that `readStories` reads.
 *
 * @throws where a text holds a tab or a line end, and where a question is out of order
 */
export function writeStories(stories: readonly Story[]): string {
  return stories.map(writeStory).join('');
}

function writeStory({ sentences, questions }: Story, index: number): string {
  const lines: string[] = [];
  const numbers: number[] = [];
  let told = 0;
  const tell = (until: number) => {
    for (; told < until; told++) {
      lines.push(plain(sentences[told]!));
      numbers.push(lines.length);
    }
  };
  for (const { question, answer, after, facts } of questions) {
    if (after < 1 || after < told || after > sentences.length || facts.some((fact) => !(fact < after)))
      throw new Error(
        `writeStories: story ${index}, "${question}" comes after ${after} of ${sentences.length} sentences with facts ` +
          `${facts.join(', ') || 'none'}; questions must be in order, each after a sentence, and facts before them`,
      );
    tell(after);
    lines.push(`${plain(question)} \t${plain(answer)}\t${facts.map((fact) => numbers[fact]).join(' ')}`);
  }
  tell(sentences.length);
  return lines.map((line, at) => `${at + 1} ${line}\n`).join('');
}

function plain(text: string): string {
  if (/[\t\r\n]/.test(text) || text.trim() === '')
    throw new Error(
      `writeStories: a text must be one line without tabs and not empty, got ${JSON.stringify(text)}`,
    );
  return text;
}
