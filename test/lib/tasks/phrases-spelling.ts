import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPhrases } from 'heed';
import type { Meaning } from '../../../lib/src/tasks/phrases-meaning.js';
import { frozen } from './phrases-meanings.js';

export const phrases = loadPhrases(frozen);

/** Target words with the source words they come from: `la|the maison|house`, several joined by `+`. */
function aligned(meaning: Meaning, to: 'french' | 'german'): string {
  const { source, target, alignment } = phrases.pair(meaning, 'english', to);
  return target.map((word, t) => `${word}|${alignment[t]!.map((s) => source[s]).join('+')}`).join(' ');
}

/** Written by hand from the grammars of the three languages, not from what the program gives. */
export function spells(
  name: string,
  meaning: Meaning,
  english: string,
  french: string,
  german: string,
): void {
  test(name, () => {
    assert.equal(phrases.pair(meaning, 'english', 'french').source.join(' '), english);
    assert.equal(aligned(meaning, 'french'), french);
    assert.equal(aligned(meaning, 'german'), german);
  });
}
