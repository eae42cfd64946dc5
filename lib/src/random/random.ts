import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/**
 * A seeded stream of random numbers. It is the only source of randomness in the library: whoever wants random numbers
 * asks the caller for a `Random`. The same seed gives the same numbers on every machine and every engine.
 */
export interface Random {
  /** What the stream was made from, with the names of its ancestors: for messages and checkpoints. */
  readonly seed: string;
  /** A number in [low, high), by default [0, 1). */
  uniform(low?: number, high?: number): number;
  /** A number from the normal distribution, by default of mean 0 and standard deviation 1. */
  normal(mean?: number, deviation?: number): number;
  /** An integer in 0 ... n - 1. Throws where n is not a positive integer. */
  integer(n: number): number;
  /** One of the items. Throws for an empty array. */
  choice<T>(items: readonly T[]): T;
  /** A new array with the items in random order. */
  shuffle<T>(items: readonly T[]): T[];
  /** The integers 0 ... n - 1 in random order. */
  permutation(n: number): number[];
  /** `size` numbers in [low, high). */
  uniforms(size: number, low?: number, high?: number): Float32Array;
  /** `size` numbers from the normal distribution. */
  normals(size: number, mean?: number, deviation?: number): Float32Array;
  /**
   * An independent stream. It depends on this stream's seed and the name only, not on how much was drawn from this one,
   * so that adding a layer does not change the numbers of another.
   */
  child(name: string | number): Random;
  /** A seed for an operation of TensorFlow.js: 1 ... 2^31 - 1, never 0, which some of them take for "no seed". */
  tensorSeed(): number;
}

/**
 * Makes a stream from a seed (0 and negative or fractional numbers are as good as any).
 *
 * The generator is xoroshiro128+ (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021); its
 * 128 bits of state are a hash of the seed, so that neighbouring seeds give unrelated streams.
 *
 * @throws where a numeric seed is not finite
 */
export function createRandom(seed: number | string): Random {
  if (typeof seed !== 'string' && !Number.isFinite(seed)) {
    throw new Error(`createRandom: a seed is a finite number or a string, got ${String(seed)}`);
  }
  // -0 is told from 0 by nobody who types a seed.
  const name = typeof seed === 'string' ? JSON.stringify(seed) : String(seed === 0 ? 0 : seed);
  return fromState(name, hash128(name));
}

/** A stream on a given state of the generator, `[s0 high, s0 low, s1 high, s1 low]`; for checks against references. */
export function fromState(seed: string, state: readonly [number, number, number, number]): Random {
  const generator = xoroshiro128plusFromState(state);
  let spare: number | undefined;

  const unit = () => uniformFloat64(generator);
  const uniform = (low = 0, high = 1) => low + (high - low) * unit();

  // Marsaglia's polar method: only sqrt and log, which V8 computes alike on every machine.
  const standardNormal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * unit() - 1;
      const y = 2 * unit() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) {
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        spare = y * factor;
        return x * factor;
      }
    }
  };
  const normal = (mean = 0, deviation = 1) => mean + deviation * standardNormal();

  const integer = (n: number): number => {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new Error(`random integer below n: n must be a positive integer, got ${n}`);
    }
    return uniformInt(generator, 0, n - 1);
  };
  const shuffle = <T>(items: readonly T[]): T[] => {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = uniformInt(generator, 0, i);
      const held = result[i]!;
      result[i] = result[j]!;
      result[j] = held;
    }
    return result;
  };
  const bulk = (size: number, draw: () => number): Float32Array => {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new Error(`random numbers in bulk: the size must be an integer >= 0, got ${size}`);
    }
    const result = new Float32Array(size);
    for (let i = 0; i < size; i++) result[i] = draw();
    return result;
  };

  return {
    seed,
    uniform,
    normal,
    integer,
    shuffle,
    choice: (items) => {
      if (items.length === 0) throw new Error('random choice: there is nothing to choose from (empty array)');
      return items[integer(items.length)]!;
    },
    permutation: (n) => shuffle(Array.from({ length: n }, (_, i) => i)),
    uniforms: (size, low, high) => bulk(size, () => uniform(low, high)),
    normals: (size, mean, deviation) => bulk(size, () => normal(mean, deviation)),
    child: (name) => {
      const path = `${seed}/${JSON.stringify(name)}`;
      return fromState(path, hash128(path));
    },
    tensorSeed: () => uniformInt(generator, 1, 0x7fffffff),
  };
}

/**
 * 128 bits from a text: four lanes of FNV-1a over its code units with different offsets, each stirred by the last steps of
 * MurmurHash3. Not for secrets.
 */
function hash128(text: string): [number, number, number, number] {
  const lane = (offset: number): number => {
    let hash = 0x811c9dc5 ^ offset;
    for (let i = 0; i < text.length; i++) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
      hash ^= hash >>> 15;
    }
    hash ^= hash >>> 16;
    hash = Math.imul(hash, 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  };
  const state: [number, number, number, number] = [
    lane(0x243f6a88),
    lane(0x85a308d3),
    lane(0x13198a2e),
    lane(0x03707344),
  ];
  // The one state that xoroshiro cannot leave.
  if (state.every((part) => part === 0)) state[0] = 1;
  return state;
}
