/**
 * Finds the coefficients of exp in lib/assembly/activations.ts, on which tanh and the logistic function stand too:
 * `node scripts/fit-activations.mjs` prints them.
 *
 * Weighted linear least squares repeated with Lawson's rule (C. L. Lawson 1961): a sample's weight is multiplied by its
 * error, so that the largest errors level out and the fit approaches the best one in the maximum norm.
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { error, coefficients } = fitExp();
  console.log(
    `q of exp(r) = 1 + r + r^2 q(r), constant term first; relative error ${error.toExponential(2)}`,
  );
  for (const coefficient of coefficients) console.log(`  ${Math.fround(coefficient).toPrecision(9)}`);
}
