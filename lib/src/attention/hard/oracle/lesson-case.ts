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
 * words say; the scores have begun to prefer words that say something, among them misleading ones. The second review is
 * cheap and the third, ironic, dear wherever one looks: what a baseline that knows the input is good for.
 */
export const lessonSentences: readonly LessonSentence[] = [
  {
    words: ['the', 'plot', 'is', 'thin', 'but', 'acting', 'simply', 'superb'],
    values: [0.3, 0.2, 0.1, -1.8, -0.6, 0.5, 0.8, 3.2],
    scores: [-0.6, 0.1, -0.8, 0.9, -0.3, 0.2, 0.4, 1.1],
    good: true,
  },
  {
    words: ['we', 'left', 'early', 'because', 'it', 'was', 'so', 'dull'],
    values: [-0.4, -1.4, -1.3, -0.5, -0.2, -0.4, -0.3, -3],
    scores: [-0.5, 0.5, 0.3, -0.2, -0.7, -0.8, 0.1, 1],
    good: false,
  },
  {
    words: ['great', 'another', 'three', 'hours', 'of', 'my', 'life', 'gone'],
    values: [3.2, 1.6, 1.4, 1.2, 1.1, 1.7, 2.3, -0.6],
    scores: [1, -0.2, -0.3, 0.2, -0.7, -0.4, 0.4, 0.6],
    good: false,
  },
];

/** The rows of the lesson's case. */
export const lessonCase = (): ChoiceRow[] =>
  lessonSentences.map(({ scores, values, good }) => logisticRow({ scores, values, yes: good }));

/** How often each of them stands in a batch of the case, which is what the baselines over a batch are taken over: 60 reviews. */
export const LESSON_COPIES = 20;
