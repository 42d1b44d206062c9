const float32 = Math.fround;

/** Stands for a share of signal of 0, whose sigma would be infinite: the smallest number of half precision. */
const LEAST_SIGNAL = 2 ** -24;

/**
 * The share of signal variance that is left after each timestep: the running product of 1 - beta, rounded as in
 * PyTorch.
 *
 * @param betas one variance per timestep, each in (0, 1]. A last beta of 1 (zero terminal SNR) gives a share that is
 *   tiny instead of 0.
 * @returns as many shares, float32 values.
 */
export const alphaBarTable = (betas: readonly number[]): number[] => {
  let product = 1;
  let previous = 1;
  return betas.map((beta) => {
    product *= float32(1 - float32(beta));
    previous = float32(product) || Math.min(LEAST_SIGNAL, previous / 2);
    return previous;
  });
};

/**
 * Betas whose last timestep is noise alone: the square roots of alphaBar are shifted to end in 0 and stretched to begin
 * where they began.
 *
 * @see Lin et al. 2023, arXiv:2305.08891, algorithm 1.
 */
export const zeroTerminalSnr = (betas: readonly number[]): number[] => {
  const roots = alphaBarTable(betas).map((alphaBar) => float32(Math.sqrt(alphaBar)));
  const [first = 1, last = 0] = [roots[0], roots.at(-1)];
  const stretch = float32(first / float32(first - last));
  const alphaBar = roots.map((root) => float32(float32(float32(root - last) * stretch) ** 2));
  return alphaBar.map((share, t) => float32(1 - float32(share / (alphaBar[t - 1] ?? 1))));
};
