import { writeFileSync } from 'node:fs';
import { corpusBleu, formatBleu, type Tokeniser } from 'heed';
import { idsOf, type Text } from './data.js';
import type { BenchModel } from './models.js';
import { options } from './options.js';

export interface Scorer {
  /** BLEU of greedy translations, lower case. */
  quick(texts: readonly Text[]): number;
  /** Both scores of a beam's translations, which are written to a file where one is named. */
  full(texts: readonly Text[], name: string, output?: string): object;
}

export function createScorer(model: BenchModel, source: Tokeniser, target: Tokeniser): Scorer {
  /** An empty source has an empty translation: no line of a test set may be left out. */
  function translations(texts: readonly Text[], width: number): string[] {
    const encoded = texts.map((text) => idsOf(source, text.source));
    const real = encoded.filter(({ length }) => length > 0);
    const written = width > 1 ? model.beam(real, width) : model.greedy(real);
    let next = 0;
    return encoded.map(({ length }) => (length > 0 ? target.decode(written[next++]!) : ''));
  }
  const references = (texts: readonly Text[]) => texts.map((pair) => pair.target);
  return {
    quick: (texts) => corpusBleu(translations(texts, 1), references(texts), { lowercase: true }).score,
    full: (texts, name, output) => {
      const hypotheses = translations(texts, Number(options.beam));
      const capital = hypotheses.map((text) => text.charAt(0).toUpperCase() + text.slice(1));
      const lower = formatBleu(corpusBleu(hypotheses, references(texts), { lowercase: true }));
      const cased = formatBleu(corpusBleu(capital, references(texts)));
      console.log(`${name}: ${lower}\n${name}: ${cased}`);
      if (output) writeFileSync(output, `${hypotheses.join('\n')}\n`);
      return { sentences: texts.length, lower, cased };
    },
  };
}
