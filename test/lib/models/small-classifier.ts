import assert from 'node:assert/strict';
import { createRandom, initTextClassifier, type LabelledText, type TextClassifier } from 'heed';

/** A text classifier of some dozen numbers, and three texts for it. */

export const small = { vocab: 12, classes: 3, embedding: 5, attention: 4, hidden: 6, deviation: 1 };
export const make = (config: Partial<TextClassifier['config']> = {}, seed = 1) =>
  initTextClassifier(createRandom(seed), { ...small, ...config });
export const texts = [
  [4, 5, 6, 7, 8],
  [9, 4],
  [11, 10, 9, 8],
];
export const batch: LabelledText[] = texts.map((ids, label) => ({ ids, label }));
export const near = (a: number, b: number, by = 1e-5) => assert.ok(Math.abs(a - b) < by, `${a} is not ${b}`);
