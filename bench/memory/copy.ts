import * as tf from '@tensorflow/tfjs';
import {
  COPY_LENGTH,
  COPY_VOCABULARY,
  copyMemory,
  copyMemoryChance,
  createRandom,
  disposeParams,
  initLanguageModel,
  initTranslator,
  maskedCrossEntropy,
  nextTokens,
  type ParamTree,
  type Random,
  readTokens,
  translatorLoss,
} from 'heed';
import { type Contender, type Everywhere, everywhere } from './contenders.js';
import { number, recipe, report, timed, values } from './run.js';

/** Copy memory: ten symbols are to be repeated after a wait. */
export async function copy(contender: Contender, seed: number): Promise<void> {
  if (!everywhere(contender)) return;
  const delay = number(values.time, 100);
  const random = createRandom(seed);
  const task = contender === 'attention' ? copyByAttention(random, delay) : copyByState(contender, random);
  const plan = recipe(
    contender === 'attention'
      ? { steps: 300, peak: 1e-2, batch: 32, warmup: 50 }
      : { steps: 600, peak: 1e-2, batch: 32, warmup: 50 },
  );
  const measure = (stream: Random) => {
    const loss = tf.tidy(() => task.loss(copyMemory(stream, { batch: 100, delay })).dataSync()[0]!);
    return loss * task.share;
  };
  const data = random.child('data');
  const { seconds } = await timed(
    task.params,
    plan,
    () => copyMemory(data, { batch: plan.batch, delay }),
    task.loss,
    () => measure(createRandom('copy, validation')).toFixed(5),
  );
  const loss = measure(createRandom('copy, test'));
  const chance = copyMemoryChance(delay);
  report({ task: 'copy', cell: contender, seed, delay, ...plan, seconds, loss, chance });
  disposeParams(task.params);
}

interface CopyTask {
  readonly params: ParamTree;
  readonly loss: (batch: ReturnType<typeof copyMemory>) => tf.Scalar;
  /** From the mean of `loss` to the mean over all places of the sequence, as chance is counted. */
  readonly share: number;
}

/** The state alone carries the symbols over the wait. */
function copyByState(cell: Exclude<Everywhere, 'attention'>, random: Random): CopyTask {
  const sizes = { vocab: COPY_VOCABULARY, embedding: 16, units: 64 };
  const model = initLanguageModel(random.child('weights'), { ...sizes, cell });
  return {
    params: model.params,
    share: 1,
    loss: ({ batch, time, tokens, targets }) => {
      const { outputs } = readTokens(model, tf.tensor2d(tokens, [batch, time], 'int32'));
      const { logits } = nextTokens(model, outputs);
      return maskedCrossEntropy(logits, tf.tensor2d(targets, [batch, time], 'int32'));
    },
  };
}

/**
 * Symbols and wait are read, then looked at while the ten symbols are written. The blanks, which nobody finds hard, are not
 * written: they count as free, the end sign as a place.
 */
function copyByAttention(random: Random, delay: number): CopyTask {
  const vocab = COPY_VOCABULARY + 4; // the special signs stand first
  const translator = initTranslator(random.child('weights'), {
    sourceVocab: vocab,
    targetVocab: vocab,
    embedding: 16,
    units: 64,
    attention: 32,
  });
  return {
    params: translator.params,
    share: (COPY_LENGTH + 1) / (delay + 2 * COPY_LENGTH),
    loss: ({ batch, time, tokens }) => {
      const pairs = Array.from({ length: batch }, (_, row) => {
        const start = row * time;
        const source = Array.from(tokens.subarray(start, start + COPY_LENGTH + delay), (id) => id + 4);
        return { source, target: source.slice(0, COPY_LENGTH) };
      });
      return translatorLoss(translator, pairs);
    },
  };
}
