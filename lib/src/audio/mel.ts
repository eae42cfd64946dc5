/** Pitch as it is heard, in mel: 2595 log10(1 + f / 700), nearly linear below 1,000 Hz (O'Shaughnessy 1987). */
export const melOfHertz = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700);

/** The frequency of a pitch, in Hz. */
export const hertzOfMel = (mel: number): number => 700 * (10 ** (mel / 2595) - 1);

export interface MelBankSizes {
  /** How many bands. */
  readonly bands: number;
  /** Lower end of the first band and upper end of the last, in Hz. */
  readonly low: number;
  readonly high: number;
  /** Samples a second. */
  readonly rate: number;
  /** Length of the transform; it has size / 2 + 1 bins. */
  readonly size: number;
}

export interface MelBank {
  /** Weights of the bins for each band, `[bands][size / 2 + 1]`. */
  readonly weights: readonly Float64Array[];
  /** The bins of each band, first ... end - 1; the other weights are 0. */
  readonly reach: readonly (readonly [first: number, end: number])[];
  /** Where each band is 1, in Hz. */
  readonly centres: readonly number[];
}

/**
 * Triangles that are evenly spaced in mel: band b rises from the centre of band b - 1 to 1 at its own and falls to the centre of
 * band b + 1, linearly in Hz. Between the first and the last centre the weights of a bin sum to 1 (Davis and Mermelstein 1980).
 *
 * @throws where the range does not fit the rate, or a band is so narrow that it holds no bin
 */
export function melBank({ bands, low, high, rate, size }: MelBankSizes): MelBank {
  if (!Number.isSafeInteger(bands) || bands < 1)
    throw new Error(`mel bands: expected a whole number from 1, got ${bands}`);
  if (!(low >= 0 && low < high && high <= rate / 2))
    throw new Error(
      `mel bands: expected 0 <= low < high <= ${rate / 2} Hz, half of ${rate} samples a second; got ${low} to ${high}`,
    );
  const [from, to] = [melOfHertz(low), melOfHertz(high)];
  const edges = Array.from({ length: bands + 2 }, (_, i) =>
    hertzOfMel(from + ((to - from) * i) / (bands + 1)),
  );
  const weights = Array.from({ length: bands }, (_, band) => {
    const [left, centre, right] = edges.slice(band, band + 3) as [number, number, number];
    const row = Float64Array.from({ length: size / 2 + 1 }, (_, bin) => {
      const hertz = (bin * rate) / size;
      return Math.max(0, Math.min((hertz - left) / (centre - left), (right - hertz) / (right - centre)));
    });
    if (!row.some((weight) => weight > 0))
      throw new Error(
        `mel bands: band ${band} (${Math.round(left)} to ${Math.round(right)} Hz) lies between two bins, which are ${rate / size} Hz apart; take fewer bands than ${bands} or a longer window`,
      );
    return row;
  });
  const reach = weights.map(
    (row) => [row.findIndex((weight) => weight > 0), row.findLastIndex((weight) => weight > 0) + 1] as const,
  );
  return { weights, reach, centres: edges.slice(1, -1) };
}
