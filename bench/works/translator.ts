import { readFileSync } from 'node:fs';
import {
  beamDecode,
  createRandom,
  createVocabulary,
  type FrozenDates,
  greedyDecode,
  initTranslator,
  loadDates,
  readSources,
  repeatRows,
  translatorLoss,
  translatorStep,
} from 'heed';
import { operationAt } from './cells.js';
import { wholeModelDecoding } from './whole-model.js';
import { type Form, ourForms, trainingStep, type Work } from './work.js';

/** The lesson's translator with random weights, and a batch of its dates. */
function dates(batch: number) {
  const frozen = new URL('../../datasets/dates/dates.json', import.meta.url);
  const task = loadDates(JSON.parse(readFileSync(frozen, 'utf8')) as FrozenDates);
  const source = createVocabulary([task.sourceCharacters]);
  const target = createVocabulary([task.targetCharacters]);
  const random = createRandom(1);
  const translator = initTranslator(random.child('weights'), {
    sourceVocab: source.size,
    targetVocab: target.size,
  });
  const pairs = task.sample(random.child('data'), batch).map((example) => ({
    source: source.encode(example.source),
    target: target.encode(example.target),
  }));
  return { translator, pairs, symbols: target.size };
}

/** Whether the form is another program here than the one below it. */
function differs(form: Form): boolean {
  if (form === 'layers') return false;
  const operations = ['gru', 'gruDecoder'] as const;
  return !ourForms.includes(form) || operations.some((name) => operationAt(name, form) !== undefined);
}

/** One training step of the dates lesson. Naive: the same model of plain operations on an engine as it comes. */
export const datesWork: Work = {
  name: 'dates-step',
  axes: 'batch',
  shapes: [[128]],
  start: (form, [batch]) => {
    if (!differs(form)) return undefined;
    const { translator, pairs } = dates(batch!);
    return trainingStep(form, translator.params, () => translatorLoss(translator, pairs));
  },
};

/** Characters that are written for each of the sources, none of them the end. */
export const GREEDY_LENGTH = 10;

/** Layers: a model of tf.layers, run anew for each character; its weights do not matter to the time. */

export const greedyWork: Work = {
  name: 'greedy-decode',
  axes: `sources; ${GREEDY_LENGTH + 1} characters each`,
  shapes: [[1], [128]],
  start: (form, [batch]) => {
    if (form === 'layers') {
      const task = dates(batch!);
      const sources = task.pairs.map(({ source }) => source);
      const { sourceVocab, targetVocab } = task.translator.config;
      return wholeModelDecoding(sources, { sourceVocab, targetVocab, length: GREEDY_LENGTH + 1 });
    }
    if (!differs(form)) return undefined;
    const { translator, pairs } = dates(batch!);
    return () => {
      const { memory, state } = readSources(
        translator,
        pairs.map(({ source }) => source),
      );
      const end = 2;
      greedyDecode(translatorStep(translator, memory), state, {
        start: 1,
        end,
        never: [0, 1, end],
        maxLength: GREEDY_LENGTH,
      });
      for (const tensor of [memory.keys, memory.values, memory.mask, ...state]) tensor.dispose();
    };
  },
};

/** Outputs that a beam follows side by side for each source. */
const BEAM_WIDTH = 5;

export const beamWork: Work = {
  name: 'beam-decode',
  axes: `sources; width ${BEAM_WIDTH}, ${GREEDY_LENGTH + 1} characters each`,
  shapes: [[1], [64]],
  start: (form, [batch]) => {
    if (!differs(form)) return undefined;
    const { translator, pairs } = dates(batch!);
    return () => {
      const { memory, state } = readSources(
        translator,
        pairs.map(({ source }) => source),
      );
      const repeated = {
        keys: repeatRows(memory.keys, BEAM_WIDTH),
        values: repeatRows(memory.values, BEAM_WIDTH),
        mask: repeatRows(memory.mask, BEAM_WIDTH),
      };
      const end = 2;
      beamDecode(translatorStep(translator, repeated), state, {
        start: 1,
        end,
        never: [0, 1, end],
        maxLength: GREEDY_LENGTH,
        width: BEAM_WIDTH,
      });
      for (const tensor of [...Object.values(memory), ...Object.values(repeated), ...state])
        tensor?.dispose();
    };
  },
};
