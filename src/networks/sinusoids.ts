const MAX_PERIOD = 10000;

/**
 * Angular frequencies that fall geometrically from 1 to about 1 / 10000.
 *
 * Every operation is rounded to float32 as PyTorch does: at timestep 1000 the last bit of a frequency is 6e-5 of a
 * radian.
 *
 * @see Ho et al. 2020, arXiv:2006.11239, appendix B; Vaswani et al. 2017, arXiv:1706.03762, section 3.5.
 */
export const sinusoidFrequencies = (count: number, shift: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => {
    const exponent = Math.fround(Math.fround(-Math.log(MAX_PERIOD)) * i);
    return Math.fround(Math.exp(Math.fround(exponent / (count - shift))));
  });

/**
 * The same from 1 to 1 / 10000 for the strength of guidance, rounded in the order in which latent consistency models
 * were trained: their angles are several thousand radians.
 */
export const guidanceFrequencies = (count: number): readonly number[] => {
  const step = Math.fround(Math.fround(Math.log(MAX_PERIOD)) / (count - 1));
  return Array.from({ length: count }, (_, i) => Math.fround(Math.exp(Math.fround(-step * i))));
};
