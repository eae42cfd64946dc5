import type * as tf from '@tensorflow/tfjs';
import type { AlignmentConfig } from './alignment-config.js';
import type { AlignmentParams } from './alignment-params.js';
import { type CoverageWeights, coverageScores } from './coverage-score.js';
import { maskedEntmax15, maskedSparsemax } from './entmax.js';
import { type LocationSensitiveWeights, locationSensitiveScores } from './location-sensitive.js';
import { monotonic } from './monotonic.js';
import { additiveScore, dotScore, projectAdditiveKeys, type Score, scaledDotScore } from './score.js';
import { cosineScore } from './score-cosine.js';
import { concatScore, generalScore, locationScore } from './score-luong.js';
import { maskedSoftmax, type Normaliser } from './softmax.js';
import { localMonotonic, localPredictive, type Window } from './window.js';

/** A score that may look at the alphas of the outputs before. */
export interface Scorer {
  /** What it sees of them; anything but nothing scores one output at a time. */
  readonly follows: 'nothing' | 'last alpha' | 'sum of alphas';
  projectKeys(keys: tf.Tensor3D): tf.Tensor3D;
  /** Query `[batch, target, units]` to scores `[batch, target, source]`. */
  scores(query: tf.Tensor3D, projectedKeys: tf.Tensor3D, previous: tf.Tensor2D): tf.Tensor3D;
}

type Weights = Parameters<typeof additiveScore>[0];

/** The score of a config on its parameters. */
export function scorer(config: AlignmentConfig, params: AlignmentParams): Scorer {
  const need = <T>(...names: string[]) => needParams<T>(`score "${config.score}"`, params, names);
  const additive = ['queryKernel', 'keyKernel', 'vector'];
  switch (config.score) {
    case 'additive':
      return ofScore(additiveScore(need<Weights>(...additive)));
    case 'concat':
      return ofScore(concatScore(need<Weights>(...additive)));
    case 'dot':
      return ofScore(dotScore);
    case 'scaled dot':
      return ofScore(scaledDotScore);
    case 'general':
      return ofScore(generalScore(need('kernel')));
    case 'location':
      return ofScore(locationScore(need('kernel')));
    case 'cosine':
      return ofScore(cosineScore(need('queryKernel', 'strengthKernel', 'strengthBias')));
    case 'location-sensitive':
      return ofLocationSensitive(need(...additive, 'filterKernel', 'locationKernel', 'bias'));
    case 'coverage':
      return ofCoverage(need(...additive, 'coverageVector', 'bias'));
  }
}

function ofScore(score: Score): Scorer {
  return { follows: 'nothing', projectKeys: score.projectKeys, scores: score.scores };
}

function ofLocationSensitive(weights: LocationSensitiveWeights): Scorer {
  return {
    follows: 'last alpha',
    projectKeys: (keys) => projectAdditiveKeys(weights, keys),
    scores: (query, keys, previous) =>
      locationSensitiveScores(weights, query.squeeze([1]), keys, previous).expandDims(1) as tf.Tensor3D,
  };
}

function ofCoverage(weights: CoverageWeights): Scorer {
  return {
    follows: 'sum of alphas',
    projectKeys: (keys) => projectAdditiveKeys(weights, keys),
    scores: (query, keys, covered) =>
      coverageScores(weights, query.squeeze([1]), keys, covered).expandDims(1) as tf.Tensor3D,
  };
}

export function namedNormaliser({ normalise, total }: AlignmentConfig): Normaliser {
  switch (normalise) {
    case 'softmax':
      return maskedSoftmax;
    case 'sparsemax':
      return maskedSparsemax;
    case 'entmax15':
      return maskedEntmax15;
    case 'monotonic':
      return monotonic({ form: 'expected', total });
    case 'hard monotonic':
      return monotonic({ form: 'hard', total });
  }
}

export function namedWindow(
  { window, radius, total }: AlignmentConfig,
  params: AlignmentParams,
): Window | null {
  switch (window) {
    case 'none':
      return null;
    case 'local-m':
      return localMonotonic({ radius });
    case 'local-p':
      return localPredictive(needParams('window "local-p"', params, ['positionKernel', 'positionVector']), {
        radius,
        total,
      });
  }
}

/** The parameters as what a score takes, once all of them are there. */
export function needParams<T>(user: string, params: AlignmentParams, names: readonly string[]): T {
  const missing = names.filter((name) => params[name] === undefined);
  if (missing.length > 0) {
    throw new Error(
      `alignment: the ${user} needs the parameter(s) ${missing.join(', ')}, got ${Object.keys(params).join(', ') || 'none'}; make them by initAlignment with the same config`,
    );
  }
  return params as unknown as T;
}
