/** The middle of some numbers, and how far they spread: half of them lie between `q1` and `q3`. */
export type Summary = {
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
  /** How many numbers there were. */
  readonly runs: number;
};

/**
 * The number below which a share of the others lie, interpolated linearly.
 *
 * @see Hyndman and Fan 1996, "Sample Quantiles in Statistical Packages", definition 7.
 */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) throw new Error('no quantile of no numbers');
  return below + (place - Math.floor(place)) * (above - below);
};

/** Median and quartiles: one slow run on a busy machine moves neither. */
export const summarise = (values: readonly number[]): Summary => ({
  median: quantile(values, 0.5),
  q1: quantile(values, 0.25),
  q3: quantile(values, 0.75),
  runs: values.length,
});

/** A number that is counted, not measured. */
export const exactly = (value: number): Summary => ({ median: value, q1: value, q3: value, runs: 1 });

/** Element by element, so that both sides of a ratio come from the same round. */
export const ratios = (numerators: readonly number[], denominators: readonly number[]): number[] => {
  if (numerators.length !== denominators.length) {
    throw new Error(
      `ratios need as many denominators as numerators, got ${denominators.length} for ${numerators.length}`,
    );
  }
  return numerators.map((numerator, round) => numerator / (denominators[round] as number));
};
