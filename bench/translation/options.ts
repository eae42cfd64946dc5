import { parseArgs } from 'node:util';

/** What can be said on the command line; see `main.ts`. What a model has its own default for is left open here. */
const { values: given } = parseArgs({
  options: {
    source: { type: 'string' },
    reference: { type: 'string' },
    model: { type: 'string', default: 'rnn' },
    data: { type: 'string' },
    minutes: { type: 'string', default: '60' },
    steps: { type: 'string' },
    seed: { type: 'string', default: '1' },
    tokens: { type: 'string', default: 'byte-pair' },
    merges: { type: 'string' },
    units: { type: 'string' },
    embedding: { type: 'string' },
    attention: { type: 'string' },
    heads: { type: 'string' },
    layers: { type: 'string' },
    inner: { type: 'string' },
    positions: { type: 'string' },
    smoothing: { type: 'string' },
    batch: { type: 'string' },
    peak: { type: 'string' },
    warmup: { type: 'string' },
    dropout: { type: 'string' },
    'word-dropout': { type: 'string' },
    every: { type: 'string', default: '800' },
    beam: { type: 'string', default: '5' },
    'length-penalty': { type: 'string', default: '0.6' },
    checkpoint: { type: 'string' },
    output: { type: 'string' },
    json: { type: 'string' },
  },
});

const defaults = {
  rnn: {
    ...{ merges: '2000', units: '256', embedding: '128', attention: '128' },
    ...{ smoothing: '0', batch: '32', peak: '1e-3', warmup: '200', dropout: '0.3', 'word-dropout': '0.1' },
  },
  // Sizes of the tutorial that the RNN is compared with (256 units, 3 layers, 8 heads, inner 512, 9 million parameters with
  // words); smoothing and warm-up in the manner of the paper. Not compared by their scores.
  transformer: {
    ...{ merges: '4000', units: '256', heads: '8', layers: '3', inner: '512', positions: 'sinusoidal' },
    ...{ smoothing: '0.1', batch: '64', peak: '1e-3', warmup: '600', dropout: '0.15', 'word-dropout': '0' },
  },
} as const;

export type ModelName = keyof typeof defaults;

if (!(given.model in defaults))
  throw new Error(`--model ${given.model}: known are ${Object.keys(defaults).join(', ')}`);
if ((given.source === undefined) !== (given.reference === undefined))
  throw new Error('Give both --source and --reference, or neither to score val alone.');

export const model = given.model as ModelName;

type Options = Omit<typeof given, keyof typeof defaults.rnn> &
  Record<keyof typeof defaults.rnn, string> &
  Partial<Record<keyof typeof defaults.transformer, string>>;

export const options: Options = {
  ...({ ...defaults[model] } as Record<keyof typeof defaults.rnn, string>),
  ...(Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as unknown as Options),
};
