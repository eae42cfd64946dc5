import * as tf from '@tensorflow/tfjs';
import type { DecoderStep } from './generate.js';

/** One model of an ensemble: its step, and its state before the first. */
export interface EnsembleMember {
  readonly step: DecoderStep;
  readonly initial: readonly tf.Tensor2D[];
}

/**
 * Several models as one decoder: P(symbol) is the mean of what the models give it, and alpha the mean of theirs. Whatever
 * decodes one model decodes the ensemble. The models share the vocabulary and the source, not the weights or sizes.
 *
 * @returns the step, and the states of all members in a row
 * @throws without a member, and where their vocabularies or sources differ
 */
export function ensembleDecoder(members: readonly EnsembleMember[]): EnsembleMember {
  if (members.length === 0) throw new Error('ensembleDecoder: expected at least one model, got none');
  const sizes = members.map(({ initial }) => initial.length);
  const step: DecoderStep = (previous, state, time) => {
    let at = 0;
    const given = members.map((member, n) => {
      at += sizes[n]!;
      return member.step(previous, state.slice(at - sizes[n]!, at), time);
    });
    checkAlike(
      'vocabularies',
      given.map(({ logits }) => logits),
    );
    checkAlike(
      'sources',
      given.map(({ alpha }) => alpha),
    );
    const share = Math.log(members.length);
    return {
      // ln of the mean: ln sum exp of the log-probabilities, less ln of their number.
      logits: tf.sub(tf.logSumExp(tf.stack(given.map(({ logits }) => tf.logSoftmax(logits))), 0), share),
      alpha: tf.mean(tf.stack(given.map(({ alpha }) => alpha)), 0),
      state: given.flatMap((result) => [...result.state]),
    };
  };
  return { step, initial: members.flatMap(({ initial }) => [...initial]) };
}

function checkAlike(what: string, tensors: readonly tf.Tensor2D[]): void {
  const [first, ...others] = tensors.map(({ shape }) => shape.join(', '));
  const other = others.find((shape) => shape !== first);
  if (other !== undefined)
    throw new Error(`ensembleDecoder: the ${what} of the models differ: [${first}] and [${other}]`);
}
