/**
 * Finds the coefficients of exp and tanh in lib/assembly/activations.ts: `node scripts/fit-activations.mjs` prints them
 * with the errors that float32 evaluation has.
 *
 * Both are weighted linear least squares repeated with Lawson's rule (C. L. Lawson 1961): a sample's weight is multiplied
 * by its error, so that the largest errors level out and the fit approaches the best one in the maximum norm. The rational
 * fit is made linear by dividing each row by the previous denominator (Sanathanan and Koerner 1963).
 */
import { pathToFileURL } from 'node:url';

/** Least squares by Householder reflections; `rows` are `[...features, target]`. */
function leastSquares(rows) {
  const columns = rows[0].length - 1;
  for (let column = 0; column < columns; column++) {
    let norm = 0;
    for (let i = column; i < rows.length; i++) norm = Math.hypot(norm, rows[i][column]);
    const pivot = rows[column][column] > 0 ? -norm : norm;
    const reflector = rows.slice(column).map((row) => row[column]);
    reflector[0] -= pivot;
    const square = reflector.reduce((sum, value) => sum + value * value, 0);
    for (let j = column; j <= columns; j++) {
      let dot = 0;
      for (let i = column; i < rows.length; i++) dot += reflector[i - column] * rows[i][j];
      const scale = (2 * dot) / square;
      for (let i = column; i < rows.length; i++) rows[i][j] -= scale * reflector[i - column];
    }
  }
  const solution = new Array(columns).fill(0);
  for (let i = columns - 1; i >= 0; i--) {
    let value = rows[i][columns];
    for (let j = i + 1; j < columns; j++) value -= rows[i][j] * solution[j];
    solution[i] = value / rows[i][i];
  }
  return solution;
}

const horner = (coefficients, x) => coefficients.reduceRight((sum, c) => sum * x + c, 0);

/** Chebyshev points of [low, high]. */
const points = (low, high, count) =>
  Array.from({ length: count }, (_, i) => {
    return (low + high) / 2 - ((high - low) / 2) * Math.cos((Math.PI * (i + 0.5)) / count);
  });

/** Multiplies each weight by its error and scales to mean 1 (Lawson). */
function reweight(weights, errors) {
  const raised = weights.map((weight, i) => weight * Math.abs(errors[i]));
  const mean = raised.reduce((sum, value) => sum + value, 0) / raised.length;
  return raised.map((value) => Math.max(value / mean, 1e-12));
}

/** q of exp(r) = 1 + r + r^2 q(r) on |r| <= ln 2 / 2, least relative error. Constant term first. */
export function fitExp(degree = 4) {
  const half = Math.LN2 / 2;
  const xs = points(-half, half, 400);
  let weights = xs.map(() => 1);
  let best = { error: Number.POSITIVE_INFINITY, coefficients: [] };
  for (let round = 0; round < 200; round++) {
    const rows = xs.map((x, i) => {
      const scale = Math.sqrt(weights[i]) / Math.exp(x);
      return [
        ...Array.from({ length: degree + 1 }, (_, k) => scale * x ** (k + 2)),
        scale * (Math.expm1(x) - x),
      ];
    });
    const coefficients = leastSquares(rows);
    const errors = xs.map((x) => (1 + x + x * x * horner(coefficients, x)) / Math.exp(x) - 1);
    const error = Math.max(...errors.map(Math.abs));
    if (error < best.error) best = { error, coefficients };
    weights = reweight(weights, errors);
  }
  return best;
}

/** P and Q of tanh(x) = x P(x^2) / Q(x^2) on |x| <= limit, least relative error, Q(0) = 1. Constant terms first. */
export function fitTanh(limit = 8.25, degreeP = 4, degreeQ = 4) {
  const xs = points(0, limit, 1200);
  const top = limit * limit;
  let weights = xs.map(() => 1);
  let denominators = xs.map(() => 1);
  let best = { error: Number.POSITIVE_INFINITY, numerator: [], denominator: [] };
  for (let round = 0; round < 300; round++) {
    const rows = xs.map((x, i) => {
      const target = Math.tanh(x) / x;
      const u = (x * x) / top;
      const scale = Math.sqrt(weights[i]) / (denominators[i] * target);
      const above = Array.from({ length: degreeP + 1 }, (_, k) => scale * u ** k);
      const below = Array.from({ length: degreeQ }, (_, k) => -scale * target * u ** (k + 1));
      return [...above, ...below, scale * target];
    });
    const solution = leastSquares(rows).map((c, k) => c / top ** (k <= degreeP ? k : k - degreeP));
    const numerator = solution.slice(0, degreeP + 1);
    const denominator = [1, ...solution.slice(degreeP + 1)];
    denominators = xs.map((x) => horner(denominator, x * x));
    const errors = xs.map((x, i) => (x * horner(numerator, x * x)) / denominators[i] / Math.tanh(x) - 1);
    const error = Math.max(...errors.map(Math.abs));
    if (error < best.error) best = { error, numerator, denominator };
    weights = reweight(weights, errors);
  }
  return best;
}

/** Relative error at `x` of the rational tanh when every operation is rounded to float32, as the kernel does. */
function errorInFloat32({ numerator, denominator }, x) {
  const { fround } = Math;
  const u = fround(x * x);
  const rounded = (coefficients) => {
    let sum = coefficients.at(-1);
    for (let i = coefficients.length - 2; i >= 0; i--) sum = fround(fround(sum * u) + coefficients[i]);
    return sum;
  };
  const y = Math.min(1, fround(fround(x * rounded(numerator)) / rounded(denominator)));
  return Math.abs(y / Math.tanh(x) - 1);
}

/**
 * Rounds the coefficients to float32 and then moves single ones by a few last bits as long as that makes the largest error
 * of float32 evaluation smaller. Rounding, not the fit, is what limits the accuracy.
 */
export function polishTanh(fit, limit = 8.25, samples = 200_000) {
  const xs = Array.from({ length: samples }, (_, i) => Math.fround((limit * (i + 1)) / samples));
  const coefficients = [...fit.numerator, ...fit.denominator].map(Math.fround);
  const split = () => ({
    numerator: coefficients.slice(0, fit.numerator.length),
    denominator: coefficients.slice(fit.numerator.length),
  });
  /** Points where a candidate was refuted: the next is most likely refuted there too. */
  const telling = new Set();
  const worst = (bound) => {
    const candidate = split();
    let largest = 0;
    for (const x of telling) if (errorInFloat32(candidate, x) >= bound) return bound;
    for (const x of xs) {
      const error = errorInFloat32(candidate, x);
      if (error >= bound) {
        telling.add(x);
        return bound;
      }
      largest = Math.max(largest, error);
    }
    return largest;
  };
  let error = worst(Number.POSITIVE_INFINITY);
  for (let improved = true; improved; ) {
    improved = false;
    for (let i = 0; i < coefficients.length; i++) {
      for (let bits = -6; bits <= 6; bits++) {
        const before = coefficients[i];
        coefficients[i] = Math.fround(before * (1 + bits * 2 ** -23));
        const next = bits === 0 ? error : worst(error);
        if (next < error) {
          error = next;
          improved = true;
        } else coefficients[i] = before;
      }
    }
  }
  return { error, ...split() };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const exp = fitExp();
  const tanh = fitTanh();
  const polished = polishTanh(tanh);
  const show = (values) => values.map((value) => Math.fround(value).toPrecision(9)).join('\n  ');
  console.log(`exp(r) = 1 + r + r^2 q(r), relative error ${exp.error.toExponential(2)}`);
  console.log(`  ${show(exp.coefficients)}`);
  console.log(
    `tanh(x) = x P(x^2) / Q(x^2), |x| <= 8.25, relative error ${tanh.error.toExponential(2)} exact,`,
  );
  console.log(`${polished.error.toExponential(2)} in float32`);
  console.log(`P\n  ${show(polished.numerator)}\nQ\n  ${show(polished.denominator)}`);
}
