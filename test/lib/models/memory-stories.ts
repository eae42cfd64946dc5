import {
  createRandom,
  createVocabulary,
  initMemoryReader,
  type MemoryReader,
  type MemoryReaderConfig,
  type StoryToRead,
} from 'heed';

/** Two small stories and a memory network that can read them. */

export const words = {
  vocabulary: createVocabulary(['anna bert cellar roof went to the where is'], { kind: 'word' }),
  answers: ['cellar', 'roof', 'nowhere'],
};
export const stories: (StoryToRead & { answer: string })[] = [
  {
    sentences: ['Anna went to the roof.', 'Bert went to the cellar.', 'Anna is the cellar.'],
    question: 'Where is Anna?',
    answer: 'cellar',
  },
  { sentences: ['Bert went to the roof.'], question: 'Where is Bert?', answer: 'roof' },
];
export const reader = (config: Partial<MemoryReaderConfig> = {}, seed = 1): MemoryReader =>
  initMemoryReader(createRandom(seed), words, { units: 6, times: 4, hops: 2, ...config });
