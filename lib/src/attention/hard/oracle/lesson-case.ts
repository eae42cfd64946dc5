import { type ChoiceRow, logisticRow } from './problem.js';

/** A review of eight words and whether it is good. */
export interface LessonSentence {
  readonly words: readonly string[];
  /** What each word says for "good", in nats. */
  readonly values: readonly number[];
  readonly scores: readonly number[];
  readonly good: boolean;
}

/**
 * The case of lesson 10: three short reviews in the middle of a training. The reader of the chosen word already knows what the
 * words say; the scores have begun to prefer words that say something, among them misleading ones. The third review is ironic
 * and costs more wherever one looks.
 */
export const lessonSentences: readonly LessonSentence[] = [
  {
    words: ['the', 'plot', 'was', 'thin', 'but', 'acting', 'simply', 'superb'],
    values: [0.3, 0.2, 0.1, -2.2, -0.6, 0.5, 0.8, 3.2],
    scores: [-0.6, 0.1, -0.8, 0.9, -0.3, 0.2, 0.4, 1.1],
    good: true,
  },
  {
    words: ['we', 'left', 'early', 'because', 'it', 'was', 'so', 'dull'],
    values: [0.3, -1.1, -1.3, -0.2, 0.2, 0.1, 0.3, -3],
    scores: [-0.5, 0.5, 0.3, -0.2, -0.7, -0.8, 0.1, 1],
    good: false,
  },
  {
    words: ['great', 'another', 'three', 'hours', 'of', 'my', 'life', 'gone'],
    values: [3, 0.6, 0.5, 0.4, 0.3, 0.7, 1.4, -1.6],
    scores: [1, -0.2, -0.3, 0.2, -0.7, -0.4, 0.4, 0.6],
    good: false,
  },
];

/** The rows of the lesson's case. */
export const lessonCase = (): ChoiceRow[] =>
  lessonSentences.map(({ scores, values, good }) => logisticRow({ scores, values, yes: good }));
