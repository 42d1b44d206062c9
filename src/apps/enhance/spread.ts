/** The mean of some results, pixel by pixel. */
export const meanOf = (results: readonly Float32Array[]): Float32Array => {
  const [first] = results as readonly [Float32Array];
  if (results.length === 1) return first;
  return first.map((_, n) => results.reduce((sum, pixels) => sum + (pixels[n] as number), 0) / results.length);
};

/** How far results lie about their mean, pixel by pixel: the standard deviation, of at least two, over one less than there are. */
export const deviationOf = (results: readonly Float32Array[], mean: Float32Array): Float32Array =>
  mean.map((centre, n) => {
    const sum = results.reduce((total, pixels) => total + ((pixels[n] as number) - centre) ** 2, 0);
    return Math.sqrt(sum / (results.length - 1));
  });
