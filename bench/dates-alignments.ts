import type { TranslatorConfig } from 'heed';

/**
 * Ways of looking at a date. Those that score with s<t> are Luong's; dot scores compare states with annotations of the same
 * size, so their encoder has half the units in each direction. Windows reach 3 characters to each side: a month has more, but
 * they begin with it.
 */
export const dateAlignments: Readonly<Record<string, Partial<TranslatorConfig>>> = {
  additive: {},
  'one fixed vector': { look: 'never' },
  'additive after': { look: 'after' },
  'input feeding': { look: 'after', inputFeeding: true },
  concat: { look: 'after', alignment: { score: 'concat' } },
  dot: { look: 'after', alignment: { score: 'dot' }, units: 32, decoderUnits: 64 },
  'scaled dot': { look: 'after', alignment: { score: 'scaled dot' }, units: 32, decoderUnits: 64 },
  general: { look: 'after', alignment: { score: 'general' } },
  location: { look: 'after', alignment: { score: 'location' } },
  cosine: { look: 'after', alignment: { score: 'cosine' } },
  'location-sensitive': { alignment: { score: 'location-sensitive' } },
  'local-m': { look: 'after', alignment: { score: 'general', window: 'local-m', radius: 3 } },
  'local-p': { look: 'after', alignment: { score: 'general', window: 'local-p', radius: 3 } },
  sparsemax: { alignment: { normalise: 'sparsemax' } },
  entmax15: { alignment: { normalise: 'entmax15' } },
  monotonic: { alignment: { normalise: 'monotonic' } },
};

/** @throws naming the known ones where a name is none of them */
export function alignmentNames(list: string): string[] {
  const known = Object.keys(dateAlignments);
  const names = list === 'all' ? known : list.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`Unknown alignment "${unknown}"; known are ${known.join(', ')}, or all`);
  return names;
}
