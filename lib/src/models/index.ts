export {
  attendToPast,
  initPastAttention,
  type PastAttended,
  type PastAttentionParams,
  type PastScore,
} from './causal-attention.js';
export { type DateReader, type ReadDate, readDate } from './date-reader.js';
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
export { chooseToken, defaultSampling, type SamplingOptions, samplingDistribution } from './sampling.js';
export {
  defaultTranslateOptions,
  type TranslateOptions,
  type Translation,
  translate,
  translatorStep,
} from './translate.js';
export {
  defaultTranslatorConfig,
  defaultTranslatorTraining,
  initTranslator,
  loadTranslator,
  readSources,
  type SourceReading,
  saveTranslator,
  type TranslationPair,
  type Translator,
  type TranslatorConfig,
  type TranslatorParams,
  teacherForce,
  translatorLoss,
} from './translator.js';
