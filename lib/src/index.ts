export { platformName } from '#platform';
export * from './attention/index.js';
export * from './audio/index.js';
export { type BackendDescription, type BackendName, describeBackend, useBackend } from './backend/choose.js';
export type {
  AdditiveWeights,
  AttentionMemory,
  DecoderTrace,
  Direction,
  GruAttentionDecoder,
  GruSequence,
  GruWeights,
  LstmAttentionDecoder,
  LstmSequence,
  LstmState,
  LstmWeights,
  RnnActivation,
  RnnSequence,
  RnnWeights,
} from './backend/sequences.js';
export * from './core/index.js';
export * from './figures/index.js';
export * from './layers/index.js';
export * from './metrics/index.js';
export * from './models/index.js';
export * from './notebook/index.js';
export { createRandom, type Random } from './random/random.js';
export * from './recurrent/index.js';
export * from './seq2seq/index.js';
export {
  type Action,
  type Actions,
  type ActionsChoice,
  type FrozenActions,
  GESTURES,
  type Gesture,
  loadActions,
  poseFrames,
} from './tasks/actions.js';
export { BONES, JOINTS, jointsOf, type Pose, STANDING } from './tasks/actions-pose.js';
export { ADDING_CHANCE, type AddingBatch, addingProblem } from './tasks/adding.js';
export { DAY_COUNT, dayOfIso, isoOfDay, type Split } from './tasks/calendar.js';
export {
  type Box,
  type ClutteredDigit,
  type ClutteredDigitsConfig,
  clutteredDigits,
  defaultClutteredDigits,
  fragmentCount,
  type PlacedDigit,
} from './tasks/cluttered-digits.js';
export {
  COPY_BLANK,
  COPY_GO,
  COPY_LENGTH,
  COPY_SYMBOLS,
  COPY_VOCABULARY,
  copyMemory,
  copyMemoryChance,
} from './tasks/copy-memory.js';
export type { DateExample, DateForm, FrozenDates, Span } from './tasks/date-forms.js';
export { type DateChoice, type Dates, loadDates } from './tasks/dates.js';
export { delayedRecall, delayedRecallChance } from './tasks/delayed-recall.js';
export { type Dialogue, dialogue } from './tasks/dialogue.js';
export { DIGIT_SIZE, type DigitSet, type Digits, loadDigits } from './tasks/digits.js';
export {
  type GrowingUp,
  type GrowingUpSentence,
  LONGEST_GAP,
  loadGrowingUp,
  type SentenceChoice,
  SHORTEST_GAP,
  splitOfGap,
} from './tasks/growing-up.js';
export type { FrozenGrowingUp } from './tasks/growing-up-grammar.js';
export {
  defaultMovingDigits,
  type MovingDigit,
  type MovingDigitsConfig,
  movingDigits,
} from './tasks/moving-digits.js';
export {
  loadPassages,
  type PassageChoice,
  type PassageQuestion,
  type Passages,
  passageWords,
} from './tasks/passages.js';
export type { FrozenPassages } from './tasks/passages-grammar.js';
export {
  LONGEST_PHRASE,
  loadPhrases,
  type PhraseChoice,
  type PhrasePair,
  type Phrases,
  SHORTEST_PHRASE,
} from './tasks/phrases.js';
export type { FrozenPhrases, Language } from './tasks/phrases-lexicon.js';
export {
  type FrozenReversal,
  LONGEST_REVERSAL,
  loadReversal,
  type Reversal,
  type ReversalChoice,
  type ReversalPair,
  SHORTEST_REVERSAL,
} from './tasks/reversal.js';
export {
  describeScene,
  parseSceneCaption,
  type SceneCaption,
  type SceneLayout,
  type ScenePlace,
  type SceneRelation,
} from './tasks/scene-captions.js';
export { cropInk, drawShape, type Ink, SHAPE_NAMES } from './tasks/scene-shapes.js';
export {
  allowedNames,
  CELL,
  DIGIT_NAMES,
  defaultSceneChoice,
  digitThings,
  drawScene,
  drawScenes,
  isHeldOut,
  SCENE_CELLS,
  SCENE_SIZE,
  type Scene,
  type SceneChoice,
  type SceneObject,
  type SceneThings,
  shapeThings,
} from './tasks/scenes.js';
export type { TokenBatch } from './tasks/sequences.js';
export {
  defaultSignalChoice,
  loadSignalWords,
  type SignalChoice,
  type SignalText,
  type SignalWords,
} from './tasks/signal-words.js';
export { type FrozenSignalWords, zipf } from './tasks/signal-words-grammar.js';
export { loadStories, type Stories, type StoryChoice, storyWords } from './tasks/stories.js';
export {
  type AskedStory,
  askedStories,
  type Story,
  type StoryQuestion,
  writeStories,
} from './tasks/stories-file.js';
export { readStories } from './tasks/stories-read.js';
export { type FrozenStories, STORY_TASKS, type StoryTask } from './tasks/stories-world.js';
export type { Stretch } from './tasks/stretches.js';
export {
  TEMPORAL_ORDER_CHANCE,
  TEMPORAL_ORDER_CLASSES,
  TEMPORAL_ORDER_VOCABULARY,
  temporalOrder,
} from './tasks/temporal-order.js';
export { type FrozenTones, loadTones, type Tone, type Tones, type TonesChoice } from './tasks/tones.js';
export * from './text/index.js';
export * from './training/index.js';
