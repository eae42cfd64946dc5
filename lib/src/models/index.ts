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
