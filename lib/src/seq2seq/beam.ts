import * as tf from '@tensorflow/tfjs';
import { bestCandidates } from './beam-candidates.js';
import { coveragePenalty, lengthPenalty } from './beam-score.js';
import {
  checkMaxLength,
  type DecodeOptions,
  type DecoderStep,
  type Generated,
  notNumbers,
  startWalk,
} from './generate.js';

export interface BeamOptions extends DecodeOptions {
  /** Unfinished outputs that are followed side by side; 1 is greedy decoding. */
  readonly width: number;
  /** Outputs that are returned, the best first; at most `width`. */
  readonly best: number;
  /** Exponent of the length penalty; 0 ranks by probability alone, which favours the short. */
  readonly lengthPenalty: number;
  /** Weight of the coverage penalty; 0 asks no output to look at the whole source. */
  readonly coveragePenalty: number;
  /** Real positions of each source, for the coverage; all of them by default. */
  readonly sourceLengths?: readonly number[];
}

export const defaultBeam: Pick<BeamOptions, 'width' | 'best' | 'lengthPenalty' | 'coveragePenalty'> = {
  width: 5, // what most reports on translation use; wider seldom helps
  best: 1,
  lengthPenalty: 0, // by probability, which can be checked; Wu et al. found 0.2 (with reinforcement) to 0.7 best
  coveragePenalty: 0,
};

/** One output of a beam search, with what it was ranked by. */
export interface Hypothesis extends Generated {
  /** ln P / length penalty + coverage penalty */
  readonly score: number;
}

/** A symbol of an unfinished output and the way to it; shared by all that go on from it. */
interface Node {
  readonly before: Node | null;
  readonly id: number;
  readonly logProbability: number;
  /** Sum of `logProbability` from the start. */
  readonly total: number;
  readonly alpha: Float32Array;
}

/**
 * Beam search: follows the `width` most probable unfinished outputs of each row, one step a symbol for all of them together.
 * An output is complete when its end is among the `width` best continuations; a row stops when it has `width` complete ones.
 * They are ranked by s = ln P(Y) / lp(Y) + cp(X, Y) (Wu et al. 2016, equation 14), and come before those that `maxLength`
 * cut off.
 *
 * Among equals the one that was likelier a step earlier, then the smaller id, goes first, so a result can be repeated.
 *
 * @param step takes `batch * width` rows, those of one source beside each other: its memory is the source's, each row
 *   repeated `width` times (`repeatRows`)
 * @param initial state before the first step, `batch` rows; stays the caller's
 * @returns for each row at most `best` outputs, the best first
 * @throws where a score is not a number, or nothing may follow
 */
export function beamDecode(
  step: DecoderStep,
  initial: readonly tf.Tensor2D[],
  options: DecodeOptions & Partial<BeamOptions>,
): Hypothesis[][] {
  const full: BeamOptions = { ...defaultBeam, ...options };
  checkOptions(full, initial[0]!.shape[0]);
  const { start, end, maxLength, width } = full;
  const batch = initial[0]!.shape[0];
  const never = new Set(full.never);
  const root: Node = { before: null, id: start, logProbability: 0, total: 0, alpha: new Float32Array() };
  const live: Node[][] = Array.from({ length: batch }, () => [root]);
  const complete: Generated[][] = live.map(() => []);
  const cut: Generated[][] = live.map(() => []);
  const repeated = initial.map((tensor) => repeatRows(tensor, width));
  const walk = startWalk(step, repeated);
  try {
    // One step more than symbols: the end takes a step too.
    for (let n = 0; n <= maxLength && live.some((nodes) => nodes.length > 0); n++) {
      const previous = new Int32Array(batch * width).fill(start);
      for (const [row, nodes] of live.entries())
        for (const [k, { id }] of nodes.entries()) previous[row * width + k] = id;
      const { values, alpha, source } = walk.advance(previous, readLogProbabilities);
      const order = Int32Array.from({ length: batch * width }, (_, k) => k);
      for (const [row, nodes] of live.entries()) {
        if (nodes.length === 0) continue;
        const scores = values.data.subarray(row * width * values.vocab);
        const totals = nodes.map(({ total }) => total);
        // Twice as many as wanted: at most half of them are ends.
        const candidates = bestCandidates(scores, values.vocab, totals, 2 * width, never);
        if (candidates === null) throw notNumbers('beamDecode', n, row);
        if (candidates.length === 0)
          throw new Error(
            `beamDecode: nothing may follow in step ${n}, row ${row}: \`never\` holds all that is possible`,
          );
        const next: Node[] = [];
        for (const [rank, { parent, id, logProbability, total }] of candidates.entries()) {
          const node = nodes[parent]!;
          const chosen = rank < width;
          if (id === end) {
            if (chosen) complete[row]!.push(trace(node, total, true));
          } else if (n === maxLength) {
            // Once for each output, and not for one that may end here.
            const others = candidates.slice(0, width).filter((other) => other.parent === parent);
            if (chosen && others[0]!.id === id && !others.some((other) => other.id === end))
              cut[row]!.push(trace(node, node.total, false));
          } else if (next.length < width) {
            const from = (row * width + parent) * source;
            order[row * width + next.length] = row * width + parent;
            next.push({ before: node, id, logProbability, total, alpha: alpha.slice(from, from + source) });
          }
        }
        live[row] = complete[row]!.length >= width ? [] : next;
      }
      if (order.some((from, k) => from !== k)) walk.reorder(order);
    }
  } finally {
    walk.dispose();
    tf.dispose(repeated);
  }
  return complete.map((outputs, row) => {
    const ranked = (list: readonly Generated[]) =>
      list.map((output) => score(output, full, row)).sort((a, b) => b.score - a.score);
    return [...ranked(outputs), ...ranked(cut[row]!)].slice(0, full.best);
  });
}

/** Each row `times` times, its copies beside each other: `[batch, ...]` to `[batch * times, ...]`. */
export function repeatRows<T extends tf.Tensor>(tensor: T, times: number): T {
  const [batch = 0] = tensor.shape;
  const rows = Int32Array.from({ length: batch * times }, (_, k) => Math.floor(k / times));
  return tf.tidy(() => tf.gather(tensor, tf.tensor1d(rows, 'int32')));
}

function readLogProbabilities(logits: tf.Tensor2D): { readonly data: Float32Array; readonly vocab: number } {
  const logProbabilities = tf.logSoftmax(logits);
  const data = logProbabilities.dataSync().slice() as Float32Array;
  logProbabilities.dispose();
  return { data, vocab: logits.shape[1] };
}

/** The output that a node is the last symbol of. */
function trace(last: Node, logProbability: number, ended: boolean): Generated {
  const nodes: Node[] = [];
  for (let node = last; node.before !== null; node = node.before) nodes.push(node);
  nodes.reverse();
  return {
    ids: nodes.map(({ id }) => id),
    alpha: nodes.map(({ alpha }) => alpha),
    logProbabilities: nodes.map((node) => node.logProbability),
    logProbability,
    ended,
  };
}

function score(output: Generated, options: BeamOptions, row: number): Hypothesis {
  const symbols = output.ids.length + Number(output.ended);
  const covered =
    options.coveragePenalty === 0
      ? 0
      : coveragePenalty(output.alpha, options.coveragePenalty, options.sourceLengths?.[row]);
  return {
    ...output,
    score: output.logProbability / lengthPenalty(symbols, options.lengthPenalty) + covered,
  };
}

function checkOptions(options: BeamOptions, batch: number): void {
  const { width, best, sourceLengths } = options;
  checkMaxLength('beamDecode', options.maxLength);
  if (!Number.isSafeInteger(width) || width < 1)
    throw new Error(`beamDecode: the width must be an integer of at least 1, got ${width}`);
  if (!Number.isSafeInteger(best) || best < 1 || best > width)
    throw new Error(`beamDecode: best must be an integer from 1 to the width ${width}, got ${best}`);
  for (const name of ['lengthPenalty', 'coveragePenalty'] as const) {
    const value = options[name];
    if (!(value >= 0 && Number.isFinite(value)))
      throw new Error(`beamDecode: ${name} must be a number of at least 0, got ${value}`);
  }
  if (sourceLengths !== undefined && sourceLengths.length !== batch)
    throw new Error(`beamDecode: expected ${batch} sourceLengths, one a row, got ${sourceLengths.length}`);
}
