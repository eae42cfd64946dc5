import { splitOnSpace } from './ngrams.js';

const ENTITIES = [
  ['&quot;', '"'],
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
] as const;

/**
 * The tokens that BLEU compares by default: those of NIST's script mteval-v13a. Signs of ASCII stand alone, but apostrophes and
 * hyphens between letters, and points and commas between digits, stay; nothing outside ASCII is split.
 */
export function tokenise13a(text: string): string[] {
  let line = text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
  for (const [entity, sign] of ENTITIES) line = line.replaceAll(entity, sign);
  return splitOnSpace(
    ` ${line} `
      .replace(/[ -&(-+/:-@[-`{-~]/gu, ' $& ')
      .replace(/([^0-9])([.,])/gu, '$1 $2 ')
      .replace(/([.,])([^0-9])/gu, ' $1 $2')
      .replace(/([0-9])(-)/gu, '$1 $2 '),
  );
}
