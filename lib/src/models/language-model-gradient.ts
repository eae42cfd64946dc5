import * as tf from '@tensorflow/tfjs';
import { maskedCrossEntropy } from '../core/losses.js';
import { embed } from '../layers/embedding.js';
import { stackedCell } from '../recurrent/stacked.js';
import { type GradientThroughTime, gradientThroughTime } from '../recurrent/through-time.js';
import { padSequences } from '../text/padding.js';
import { START } from '../text/vocabulary.js';
import { type LanguageModel, languageCell, nextTokens } from './language-model.js';

/**
 * How much the word at a place hangs on what the model held in mind at each time before: |dL/dh_t| for L = -ln P(word), mean over
 * the sequences. Index 0 is the state after the start sign, index t the state after token t - 1; the last is the state that
 * makes the prediction. Works at any moment of training and changes nothing.
 *
 * @param sequences ids without start and end; all with the word at the same place, such as sentences of one gap and opening
 * @param place of the word, 0 ... length - 1
 * @throws where a sequence ends before the place
 */
export function gradientOfWord(
  model: LanguageModel,
  sequences: readonly (readonly number[])[],
  place: number,
): GradientThroughTime {
  const words = sequences.map((ids, row) => {
    const word = ids[place];
    if (word === undefined)
      throw new RangeError(`gradientOfWord: row ${row} has ${ids.length} words, none at place ${place}`);
    return word;
  });
  const { ids, shape } = padSequences(sequences.map((given) => [START, ...given.slice(0, place)]));
  const [batch, time] = shape;
  let result: GradientThroughTime | undefined;
  tf.tidy(() => {
    const { config, params } = model;
    const embedded = embed(params.embedding, tf.tensor2d(ids, [batch, time], 'int32')) as tf.Tensor3D;
    const inputs = config.tied ? tf.mul(embedded, Math.sqrt(config.embedding)) : embedded;
    const labels = tf.tensor2d(words, [batch, 1], 'int32');
    result = gradientThroughTime(
      stackedCell(languageCell(config), config.layers),
      params.layers,
      inputs as tf.Tensor3D,
      (outputs) => {
        const last = outputs.slice([0, time - 1, 0], [batch, 1, config.units]);
        const { logits } = nextTokens(model, last, { past: outputs, from: time - 1 });
        return maskedCrossEntropy(logits, labels);
      },
    );
  });
  return result!;
}
