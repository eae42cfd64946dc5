import * as tf from '@tensorflow/tfjs';
import { type Choice, chooseGreedy, chooseSampled } from '../attention/hard/choose.js';
import { attentionEntropy } from '../attention/hard/entropy.js';
import { withoutGradient } from '../attention/hard/no-gradient.js';
import { forGradientOnly, scoreFunctionLoss } from '../attention/hard/score-function.js';
import { additiveScores } from '../attention/score.js';
import type { AdditiveWeights, AttentionMemory, LstmState } from '../backend/sequences.js';
import { dense } from '../layers/dense.js';
import { embed } from '../layers/embedding.js';
import type { Random } from '../random/random.js';
import { type LstmParams, lstmStep } from '../recurrent/lstm.js';
import type { DecoderStep } from '../seq2seq/generate.js';
import { type CaptionedPicture, captionTargets, readCaptionPictures } from './captioner.js';
import type { Captioner } from './captioner-config.js';

/** Which region each row takes, by its scores `[rows, regions]`; one sample a row. */
type Choose = (scores: tf.Tensor2D) => Choice;

interface HardStep {
  readonly state: LstmState;
  /** `[rows, vocab]` */
  readonly logits: tf.Tensor2D;
  /** `[rows, regions]` */
  readonly scores: tf.Tensor2D;
  readonly choice: Choice;
}

/**
 * One word from one region: e = v . tanh(W s<t-1> + U key), a region j chosen by e, s<t> = LSTM([y<t-1>, value_j], s<t-1>). With
 * `batch * samples` rows those of one picture lie beside each other, and its regions are not repeated.
 *
 * @param given `[rows, embedding]`
 */
function hardStep(
  { params: { decoder } }: Captioner,
  { keys, values }: AttentionMemory,
  given: tf.Tensor2D,
  state: LstmState,
  choose: Choose,
): HardStep {
  const [batch, regions, features] = values.shape;
  const [rows, units] = state.hidden.shape;
  const query = state.hidden.reshape([batch, rows / batch, units]) as tf.Tensor3D;
  const attention = decoder.attention as unknown as AdditiveWeights;
  const scores = additiveScores(attention, query, keys).reshape([rows, regions]) as tf.Tensor2D;
  const choice = choose(scores); // weights [rows, 1, regions]
  const weights = choice.weights.reshape([batch, rows / batch, regions]) as tf.Tensor3D;
  const context = tf.matMul(weights, values).reshape([rows, features]) as tf.Tensor2D;
  const next = lstmStep(decoder.cell as LstmParams, tf.concat([given, context], 1), state);
  const logits = dense(decoder.output, tf.concat([next.hidden, context, given], 1));
  return { state: next, logits, scores, choice };
}

/** A step of generation that looks at the likeliest region; its alpha is what the region was chosen by. */
export function hardCaptionStep(captioner: Captioner, memory: AttentionMemory): DecoderStep {
  return (previous, [hidden, cell]) => {
    const given = embed(captioner.params.decoder.embedding, previous) as tf.Tensor2D;
    const step = hardStep(captioner, memory, given, { hidden: hidden!, cell: cell! }, (scores) =>
      chooseGreedy(scores, { check: false }),
    );
    return { logits: step.logits, alpha: step.choice.alpha, state: [step.state.hidden, step.state.cell] };
  };
}

export interface HardCaptionOptions {
  readonly random: Random;
  /** Ways of looking at each picture, at least 2; its regions are encoded once. Default 4. */
  readonly samples?: number;
  /** Weight of the entropy's bonus, in nats of loss a nat of entropy of one look. Default 0. */
  readonly entropy?: number;
}

/**
 * Mean of -ln P(word) over the words with one sampled region a word, less the entropy's bonus. The gradient to the scores is
 * REINFORCE's (Williams 1992; Xu et al. 2015, equation 11): each look is judged by the words from its own on, since it cannot have
 * changed the ones before, against the mean of the same picture's other samples (leave-one-out; Xu et al. subtract a moving average
 * over pictures).
 *
 * @throws for fewer than 2 samples, and an entropy that is not 0 or above
 */
export function hardCaptionLoss(
  captioner: Captioner,
  pictures: readonly CaptionedPicture[],
  { random, samples = 4, entropy = 0 }: HardCaptionOptions,
): tf.Scalar {
  if (!Number.isSafeInteger(samples) || samples < 2)
    throw new Error(
      `hardCaptionLoss: samples must be an integer of at least 2, got ${samples}: each is compared with the others`,
    );
  if (!(entropy >= 0 && Number.isFinite(entropy)))
    throw new Error(`hardCaptionLoss: entropy must be a number of at least 0, got ${entropy}`);
  return tf.tidy(() => {
    const { previous, labels, mask } = captionTargets(pictures);
    const [batch, target] = labels.shape;
    const rows = batch * samples;
    const reading = readCaptionPictures(
      captioner,
      pictures.map(({ picture }) => picture),
      'train',
    );
    const [hidden, cell] = reading.state.map((part) => repeatEach(part, samples));
    let state: LstmState = { hidden: hidden!, cell: cell! };
    const columns = (matrix: tf.Tensor2D) => tf.unstack(matrix, 1) as tf.Tensor1D[];
    const [givens, rights, reals] = [columns(previous), columns(labels), columns(mask)];
    const losses: tf.Tensor2D[] = [];
    const looks: tf.Tensor2D[] = [];
    const bonuses: tf.Tensor[] = [];
    for (let t = 0; t < target; t++) {
      const given = repeatEach(embed(captioner.params.decoder.embedding, givens[t]!) as tf.Tensor2D, samples);
      const step = hardStep(captioner, reading.memory, given, state, (scores) =>
        chooseSampled(scores, { random: random.child(t), check: false }),
      );
      state = step.state;
      const real = reals[t]!.expandDims(1) as tf.Tensor2D; // [batch, 1]
      const hot = tf.oneHot(
        repeatEach(rights[t]!.expandDims(1) as tf.Tensor2D, samples).reshape([rows]),
        captioner.config.vocab,
      );
      const surprise = tf.neg(tf.sum(tf.mul(tf.logSoftmax(step.logits), hot.cast('float32')), 1));
      losses.push(tf.mul(surprise.reshape([batch, samples]), real));
      looks.push(tf.mul(step.choice.logProb.reshape([batch, samples]), real));
      if (entropy > 0) bonuses.push(tf.mul(attentionEntropy(step.scores).reshape([batch, samples]), real));
    }
    const words = tf.sum(mask);
    const perWord = (parts: readonly tf.Tensor[]) =>
      tf.div(tf.sum(tf.addN([...parts])), tf.mul(words, samples));
    // What the words from t on cost, [target, batch, samples].
    const toCome = withoutGradient(() => tf.cumsum(tf.stack(losses), 0, false, true) as tf.Tensor3D);
    const all = (parts: tf.Tensor3D) => parts.reshape([target * batch, samples]) as tf.Tensor2D;
    const { loss: chosen } = scoreFunctionLoss({
      losses: all(toCome),
      logProb: all(tf.stack(looks) as tf.Tensor3D),
      baseline: 'leave-one-out',
    });
    // Its mean is over all places of the rectangle, padding included; the loss is a word's.
    const ofWord = tf.mul(forGradientOnly(chosen), tf.div(target * batch, words));
    const loss = tf.add(perWord(losses), ofWord);
    return (entropy === 0 ? loss : tf.sub(loss, tf.mul(entropy, perWord(bonuses)))) as tf.Scalar;
  });
}

/** Each row `times` times, its copies beside each other. */
function repeatEach(rows: tf.Tensor2D, times: number): tf.Tensor2D {
  const [count, units] = rows.shape;
  return rows
    .expandDims(1)
    .tile([1, times, 1])
    .reshape([count * times, units]) as tf.Tensor2D;
}
