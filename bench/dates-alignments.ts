import type { TranslatorConfig } from 'heed';

/**
 * Ways of looking at a date. Those that score with s<t> are Luong's; dot scores compare states with annotations of the same
 * size, so their encoder has half the units in each direction. Windows reach 3 characters to each side: a month has more, but
 * they begin with it.
 *
 * @param units of the decoder, of each direction of the encoder, and of the hidden layer that scores
 */
export const dateAlignments = (units: number): Readonly<Record<string, Partial<TranslatorConfig>>> => {
  const same = { units, attention: units, embedding: units / 2 };
  const half = { ...same, units: units / 2, decoderUnits: units };
  return {
    additive: { ...same },
    'one fixed vector': { ...same, look: 'never' },
    'additive after': { ...same, look: 'after' },
    'input feeding': { ...same, look: 'after', inputFeeding: true },
    concat: { ...same, look: 'after', alignment: { score: 'concat' } },
    dot: { ...half, look: 'after', alignment: { score: 'dot' } },
    'scaled dot': { ...half, look: 'after', alignment: { score: 'scaled dot' } },
    general: { ...same, look: 'after', alignment: { score: 'general' } },
    location: { ...same, look: 'after', alignment: { score: 'location' } },
    cosine: { ...same, look: 'after', alignment: { score: 'cosine' } },
    'location-sensitive': { ...same, alignment: { score: 'location-sensitive' } },
    coverage: { ...same, alignment: { score: 'coverage' } },
    'local-m': { ...same, look: 'after', alignment: { score: 'general', window: 'local-m', radius: 3 } },
    'local-p': { ...same, look: 'after', alignment: { score: 'general', window: 'local-p', radius: 3 } },
    sparsemax: { ...same, alignment: { normalise: 'sparsemax' } },
    entmax15: { ...same, alignment: { normalise: 'entmax15' } },
    monotonic: { ...same, alignment: { normalise: 'monotonic' } },
  };
};

/** @throws naming the known ones where a name is none of them */
export function alignmentNames(list: string): string[] {
  const known = Object.keys(dateAlignments(2));
  const names = list === 'all' ? known : list.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`Unknown alignment "${unknown}"; known are ${known.join(', ')}, or all`);
  return names;
}
