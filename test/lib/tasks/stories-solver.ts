import type { FrozenStories } from 'heed';

/**
 * Answers a question from the sentences by rules of logic: knows the templates, not how stories are told. Works backwards from the
 * question, while the generator keeps a world and tells forwards.
 */
export function solveStory(
  frozen: FrozenStories,
  sentences: readonly string[],
  question: string,
): { answer: string; facts: number[] } {
  const events = sentences.map((sentence) => understand(frozen, sentence));
  const asked = match(Object.values(frozen.questions), question);
  const lastMove = (person: string, before: number) =>
    events.findLastIndex((event, at) => at < before && event.kind === 'move' && event.person === person);
  const end = sentences.length;

  if (asked.thing !== undefined) {
    const handled = events.findLastIndex((event) => event.thing === asked.thing);
    const event = events[handled]!;
    const moved = lastMove(event.person!, event.kind === 'take' ? end : handled);
    return { answer: events[moved]!.place!, facts: [handled, moved] };
  }
  const moved = lastMove(asked.person!, end);
  if (asked.place !== undefined)
    return { answer: events[moved]!.place === asked.place ? 'yes' : 'no', facts: [moved] };
  if (question.startsWith('Where')) return { answer: events[moved]!.place!, facts: [moved] };
  const own = events.flatMap((event, at) => (event.person === asked.person && event.thing ? [at] : []));
  const balance = own.reduce((sum, at) => sum + (events[at]!.kind === 'take' ? 1 : -1), 0);
  return { answer: frozen.numbers[balance]!, facts: own };
}

interface Words {
  readonly person?: string;
  readonly place?: string;
  readonly thing?: string;
}

function understand(frozen: FrozenStories, sentence: string): Words & { kind: 'move' | 'take' | 'drop' } {
  for (const [kind, templates] of [
    ['move', frozen.moves],
    ['take', frozen.takes],
    ['drop', frozen.drops],
  ] as const) {
    const words = tryMatch(templates, sentence);
    if (words) return { kind, ...words };
  }
  throw new Error(`No template fits "${sentence}"`);
}

function match(templates: readonly string[], text: string): Words {
  const words = tryMatch(templates, text);
  if (words === undefined) throw new Error(`No template fits "${text}"`);
  return words;
}

function tryMatch(templates: readonly string[], text: string): Words | undefined {
  for (const template of templates) {
    const pattern = template.replace(/[.?]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>\\w+)');
    const found = new RegExp(`^${pattern}$`).exec(text);
    if (found) return { ...found.groups };
  }
  return undefined;
}
