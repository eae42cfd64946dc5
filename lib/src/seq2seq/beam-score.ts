/**
 * lp(Y) = (5 + |Y|)^alpha / 6^alpha, which the log-probability is divided by: without it the short wins, since each symbol can
 * only make an output less probable (Wu et al. 2016, equation 14).
 *
 * @param symbols of the output, its end counted
 * @param exponent alpha; 0 gives 1
 */
export function lengthPenalty(symbols: number, exponent: number): number {
  return ((5 + symbols) / 6) ** exponent;
}

// What a position counts for that was paid nothing: the logarithm of 0 would rule the output out, however good it is.
const unseen = 1e-6;

/**
 * cp(X, Y) = beta sum_i ln min(sum_j alpha[j][i], 1): each source position that all symbols together paid less than 1 costs
 * (Wu et al. 2016, equation 14).
 *
 * @param alpha one row a symbol
 * @param weight beta
 * @param length real positions of the source; all of a row by default
 */
export function coveragePenalty(
  alpha: readonly ArrayLike<number>[],
  weight: number,
  length?: number,
): number {
  const positions = length ?? alpha[0]?.length ?? 0;
  let sum = 0;
  for (let i = 0; i < positions; i++) {
    const paid = alpha.reduce((total, row) => total + row[i]!, 0);
    sum += Math.log(Math.max(unseen, Math.min(paid, 1)));
  }
  return weight * sum;
}
