import type * as tf from '@tensorflow/tfjs';
import { glorotUniform, zeros } from '../core/initializers.js';
import { createParam, type Initializer } from '../core/params.js';
import type { Random } from '../random/random.js';
import { type AlignmentConfig, fullAlignmentConfig, isMonotonic } from './alignment-config.js';
import { type AdditiveParams, initAdditive } from './score.js';

/** Variables by name, only those that the config needs; none for dot and scaled dot. */
export type AlignmentParams = { readonly [name: string]: tf.Variable };

export interface AlignmentSizes {
  /** units of the state that asks */
  readonly query: number;
  /** units of a key, before it is projected */
  readonly key: number;
  /** attention units: width of the hidden layer of the scores, and of local-p, that have one */
  readonly units: number;
}

const glorot = glorotUniform();
/** Glorot's for a vector that maps to one unit. */
const toOne: Initializer = (random, shape) => glorot(random, [...shape, 1]);
const constant =
  (value: number): Initializer =>
  (_random, shape) =>
    new Float32Array(shape.reduce((size, axis) => size * axis, 1)).fill(value);

/** x with softplus(x) = y. */
const inverseSoftplus = (y: number) => Math.log(Math.expm1(y));

type Init = (random: Random, config: AlignmentConfig, sizes: AlignmentSizes) => AlignmentParams;

const scores: Record<AlignmentConfig['score'], Init> = {
  additive: (random, _config, sizes) => initAdditive(random, sizes),
  concat: (random, _config, { query, key, units }) => {
    // One matrix over both, so Glorot's limit counts the rows of both.
    const joint: Initializer = (stream, shape) =>
      glorot(stream, [query + key, units]).slice(0, shape[0]! * units);
    return {
      queryKernel: createParam<tf.Rank.R2>(random.child('queryKernel'), [query, units], joint),
      keyKernel: createParam<tf.Rank.R2>(random.child('keyKernel'), [key, units], joint),
      vector: createParam<tf.Rank.R1>(random.child('vector'), [units], toOne),
    };
  },
  dot: (_random, config, sizes) => equalSizes(config, sizes),
  'scaled dot': (_random, config, sizes) => equalSizes(config, sizes),
  general: (random, _config, { query, key }) => ({
    kernel: createParam<tf.Rank.R2>(random.child('kernel'), [query, key], glorot),
  }),
  location: (random, { longest }, { query }) => ({
    kernel: createParam<tf.Rank.R2>(random.child('kernel'), [query, longest], glorot),
  }),
  cosine: (random, _config, { query, key }) => ({
    queryKernel: createParam<tf.Rank.R2>(random.child('queryKernel'), [query, key], glorot),
    strengthKernel: createParam<tf.Rank.R2>(random.child('strengthKernel'), [query, 1], glorot),
    // Cosines of unrelated vectors of n units deviate by 1 / sqrt(n); this strength makes that 1, as scaled dot does.
    strengthBias: createParam<tf.Rank.R1>(
      random.child('strengthBias'),
      [1],
      constant(inverseSoftplus(Math.sqrt(key))),
    ),
  }),
  'location-sensitive': (random, { filters, filterWidth }, sizes) => ({
    ...initAdditive(random, sizes),
    filterKernel: createParam<tf.Rank.R2>(random.child('filterKernel'), [filterWidth, filters], glorot),
    locationKernel: createParam<tf.Rank.R2>(random.child('locationKernel'), [filters, sizes.units], glorot),
    bias: createParam<tf.Rank.R1>(random.child('bias'), [sizes.units], zeros),
  }),
  coverage: (random, _config, sizes) => ({
    ...initAdditive(random, sizes),
    coverageVector: createParam<tf.Rank.R1>(random.child('coverageVector'), [sizes.units], toOne),
    bias: createParam<tf.Rank.R1>(random.child('bias'), [sizes.units], zeros),
  }),
};

function equalSizes({ score }: AlignmentConfig, { query, key }: AlignmentSizes): AlignmentParams {
  if (query !== key) {
    throw new Error(
      `alignment: ${score} compares vectors of one size, got a query of ${query} units and keys of ${key}; use the score "general"`,
    );
  }
  return {};
}

/**
 * Parameters of an alignment.
 *
 * @throws for a config that makes no sense, and where query and keys differ in size and the score needs them equal
 */
export function initAlignment(
  random: Random,
  config: Partial<AlignmentConfig>,
  sizes: AlignmentSizes,
): AlignmentParams {
  const full = fullAlignmentConfig(config);
  const { query, units } = sizes;
  const params = { ...scores[full.score](random, full, sizes) };
  if (full.window === 'local-p') {
    params.positionKernel = createParam<tf.Rank.R2>(random.child('positionKernel'), [query, units], glorot);
    params.positionVector = createParam<tf.Rank.R1>(random.child('positionVector'), [units], toOne);
  }
  if (isMonotonic(full)) {
    params.offset = createParam<tf.Rank.R1>(random.child('offset'), [1], constant(full.offset));
  }
  return params;
}

/**
 * The weights of Bahdanau's own alignment, for whom the whole-sequence decoders exist (`AdditiveWeights`); null for any other
 * choice.
 */
export function additiveWeights(
  config: Partial<AlignmentConfig>,
  params: AlignmentParams,
): AdditiveParams | null {
  const { score, normalise, window } = fullAlignmentConfig(config);
  const plain = (score === 'additive' || score === 'concat') && normalise === 'softmax' && window === 'none';
  return plain ? (params as unknown as AdditiveParams) : null;
}
