import type { FrozenPassages } from 'heed';

/**
 * A solver: every text that answers a question, by comparing sentences and question with the frames as patterns, whichever sentence was
 * asked about. What the question says must be what the sentence says.
 */
export function passageSolver(
  frozen: FrozenPassages,
): (passage: readonly string[], question: readonly string[]) => string[] {
  const patterns = frozen.frames.map(({ heads, tails, questions }) => ({
    sentences: heads.flatMap((head) => tails.map((tail) => patternOf(frozen, `${head} ${tail}`))),
    questions: questions.map(({ text, answer, key }) => ({ asks: patternOf(frozen, text), answer, key })),
  }));
  return (passage, question) => {
    const sentences = passage.join(' ').split(/(?<= \.) /);
    return patterns.flatMap((frame) => {
      const told = sentences.flatMap((sentence) =>
        frame.sentences.flatMap((fits) => partsOf(fits, sentence)),
      );
      return frame.questions.flatMap(({ asks, answer, key }) =>
        partsOf(asks, question.join(' ')).flatMap((asked) =>
          told.flatMap((parts) => {
            const agrees = Object.entries(asked).every(([slot, words]) => parts[slot] === words);
            return agrees && parts[key] !== undefined ? (parts[answer] ?? []) : [];
          }),
        ),
      );
    });
  };
}

function patternOf(frozen: FrozenPassages, template: string): RegExp {
  const fillers = (slot: string) => Object.values(frozen.slots).flatMap((slots) => slots[slot]!);
  const pattern = template
    .replace(/[.?]/g, '\\$&')
    .replace(/<(\w+) /g, '(?<$1>')
    .replace(/ >/g, ')')
    .replace(/\{(\w+)\}/g, (_, slot: string) => `(?<${slot}>${fillers(slot).join('|')})`);
  return new RegExp(`^${pattern}$`);
}

function partsOf(pattern: RegExp, text: string): Record<string, string>[] {
  const groups = pattern.exec(text)?.groups;
  return groups === undefined ? [] : [groups];
}
