export {
  type Caption,
  type CaptionBeamOptions,
  type CaptionOptions,
  caption,
  captionBeam,
  captionStep,
  defaultCaptionOptions,
} from './caption.js';
export {
  type CaptionedPicture,
  type CaptionLossOptions,
  captionLoss,
  type PictureReading,
  readCaptionPictures,
  teacherForceCaptions,
} from './captioner.js';
export {
  type Captioner,
  type CaptionerConfig,
  type CaptionerParams,
  type CaptionPicture,
  captionerGrid,
  defaultCaptioner,
  initCaptioner,
} from './captioner-config.js';
export { loadCaptioner, saveCaptioner } from './captioner-file.js';
export { type HardCaptionOptions, hardCaptionLoss } from './captioner-hard.js';
export {
  attendToPast,
  initPastAttention,
  type PastAttended,
  type PastAttentionParams,
  type PastScore,
} from './causal-attention.js';
export { type DateReader, type ReadDate, readDate } from './date-reader.js';
export { initPictureEncoder, type PictureEncoder, type PictureEncoderSizes } from './frame-encoder.js';
export { defaultGlimpse, type GlimpseConfig, takeGlimpse } from './glimpse.js';
export {
  defaultGlimpseReader,
  type GlimpseReader,
  type GlimpseReaderConfig,
  type GlimpseReaderParams,
  type GlimpseReading,
  glimpseCost,
  glimpseLoss,
  initGlimpseReader,
  readGlimpses,
} from './glimpse-reader.js';
export {
  type EncoderMode,
  encodeOneRegion,
  encodeRegions,
  type ImageEncoderParams,
} from './image-encoder.js';
export {
  type ConvLayer,
  type ReceptiveField,
  type RegionGrid,
  receptiveField,
  regionCentre,
  regionGrid,
} from './image-grid.js';
export { type HardReadingOptions, hardReadingLoss, softReadingLoss } from './image-reader.js';
export {
  defaultImageReader,
  type ImageReader,
  type ImageReaderConfig,
  type ImageReaderParams,
  initImageReader,
  type ReaderGrids,
  readerGrids,
  stackPictures,
} from './image-reader-config.js';
export { type ReadingCost, readingCost } from './image-reader-cost.js';
export { loadImageReader, saveImageReader } from './image-reader-file.js';
export { type ImageReading, type ReadPicturesOptions, readPictures } from './image-reader-read.js';
export {
  defaultLanguageModelConfig,
  initLanguageModel,
  type LanguageCell,
  type LanguageModel,
  type LanguageModelConfig,
  type LanguageModelParams,
  type LanguageState,
  languageCell,
  languageModelLoss,
  type NextTokens,
  nextTokens,
  type ReadOptions,
  readTokens,
} from './language-model.js';
export { loadLanguageModel, saveLanguageModel } from './language-model-file.js';
export { gradientOfWord } from './language-model-gradient.js';
export {
  type GeneratedTokens,
  type GenerateOptions,
  generateTokens,
  nextWordDistribution,
  type Perplexity,
  type Prediction,
  perplexity,
  predictAt,
} from './language-model-predict.js';
export { countNgrams, type NgramModel, type NgramOptions } from './ngram.js';
export { type PassageScores, type PointOptions, pointInPassages } from './passage-reader.js';
export type { PassageToRead } from './passage-reader-batch.js';
export {
  defaultPassageReaderConfig,
  initPassageReader,
  type PassageReader,
  type PassageReaderConfig,
  type PassageReaderParams,
} from './passage-reader-config.js';
export { loadPassageReader, savePassageReader } from './passage-reader-file.js';
export {
  type PassageExample,
  type PassageReaderTraining,
  passageReaderLoss,
} from './passage-reader-loss.js';
export { answerPassages, bestSpan, type PassageAnswer } from './passage-reader-predict.js';
export {
  type AnsweredStory,
  type AnswerStoriesOptions,
  answerStories,
  memoryReaderLoss,
  type ReadStoriesOptions,
  readMemory,
  type StoriesRead,
  type StoryReading,
} from './reader.js';
export { positionWeights, type StoryEncoding, type StoryToRead } from './reader-batch.js';
export {
  defaultMemoryReaderConfig,
  initMemoryReader,
  type MemoryHop,
  type MemoryReader,
  type MemoryReaderConfig,
  type MemoryReaderParams,
  type MemoryReaderWords,
} from './reader-config.js';
export { loadMemoryReader, saveMemoryReader } from './reader-file.js';
export type { Reading } from './reading.js';
export { chooseToken, defaultSampling, type SamplingOptions, samplingDistribution } from './sampling.js';
export {
  type Classified,
  type ClassifySequencesOptions,
  classifySequences,
  sequenceClassifierLoss,
} from './sequence-classifier.js';
export {
  defaultSequenceClassifier,
  type FrameEncoder,
  initSequenceClassifier,
  type SequenceClassifier,
  type SequenceClassifierConfig,
  type SequenceClassifierParams,
} from './sequence-classifier-config.js';
export { loadSequenceClassifier, saveSequenceClassifier } from './sequence-classifier-file.js';
export {
  type FrameClip,
  type PredictSequencesOptions,
  predictSequences,
  type SequenceReading,
  stackClips,
} from './sequence-classifier-predict.js';
export { fitStandardiser, type Standardiser, standardise } from './standardise.js';
export {
  type LabelledText,
  lossOfEachWord,
  scoreTexts,
  type TextClassifierLoss,
  type TextClassifierTraining,
  type TextScores,
  textClassifierLoss,
} from './text-classifier.js';
export {
  defaultTextClassifierConfig,
  defaultTextClassifierTraining,
  initTextClassifier,
  type TextClassifier,
  type TextClassifierConfig,
  type TextClassifierParams,
} from './text-classifier-config.js';
export { loadTextClassifier, saveTextClassifier } from './text-classifier-file.js';
export {
  type ClassifiedText,
  type ClassifyOptions,
  classifyTexts,
  defaultClassifyOptions,
  type TextClassifierCost,
  textClassifierCost,
} from './text-classifier-predict.js';
export * from './transformer/index.js';
export {
  defaultTranslateOptions,
  type TranslateOptions,
  translate,
} from './translate.js';
export {
  defaultTranslateBeam,
  type RankedTranslation,
  type TranslateBeamOptions,
  translateBeam,
} from './translate-beam.js';
export {
  readSources,
  type SourceReading,
  type TeacherForceOptions,
  type TranslationPair,
  type TranslatorTraining,
  teacherForce,
  translatorLoss,
} from './translator.js';
export {
  defaultTranslatorConfig,
  defaultTranslatorTraining,
  initTranslator,
  type Translator,
  type TranslatorConfig,
  type TranslatorParams,
} from './translator-config.js';
export { loadTranslator, saveTranslator } from './translator-file.js';
export { type Translation, type TranslatorStepOptions, translatorStep } from './translator-step.js';
