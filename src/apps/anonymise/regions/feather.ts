/** Beyond the reach of a feather a Gaussian of a third of it has fallen to 1 %, and is cut off. */
const DEVIATIONS = 3;
const REST = Math.exp(-(DEVIATIONS ** 2) / 2);

export type Mask = { readonly values: Float32Array; readonly height: number; readonly width: number };

/**
 * Softens the edges of a mask outwards: what it holds keeps its weight, and around that the weight falls like a Gaussian
 * to 0 at `reach` pixels. A weight is the largest that any pixel of the mask gives, not a sum, so that near parts of a
 * mask do not add up.
 *
 * @returns weights in [0, 1], nowhere below the mask, 1 where it is 1, 0 where it is 0 for `reach` pixels around.
 * @see Felzenszwalb and Huttenlocher 2012, "Distance transforms of sampled functions": -log of the weight is the least of
 *   parabolas, which takes one pass over lines and one over columns.
 */
export const feathered = ({ values, height, width }: Mask, reach: number): Float32Array => {
  const curve = DEVIATIONS ** 2 / (2 * reach ** 2);
  const heights = new Float64Array(values.length);
  for (let n = 0; n < values.length; n += 1) heights[n] = -Math.log(values[n] as number); // of 0 it is infinite
  const scratch = scratchFor(Math.max(height, width));
  for (let row = 0; row < height; row += 1) {
    lowestParabolas(heights, { from: row * width, stride: 1, count: width, curve }, scratch);
  }
  for (let column = 0; column < width; column += 1) {
    lowestParabolas(heights, { from: column, stride: width, count: height, curve }, scratch);
  }
  return values.map((value, n) => Math.max(value, (Math.exp(-(heights[n] as number)) - REST) / (1 - REST)));
};

type Line = {
  readonly from: number;
  readonly stride: number;
  readonly count: number;
  /** Of all parabolas: how fast they rise. */
  readonly curve: number;
};

/** Room for a line, and for the parabolas that are lowest somewhere: where each stands, and from where on it is lowest. */
type Scratch = { readonly line: Float64Array; readonly feet: Int32Array; readonly starts: Float64Array };

const scratchFor = (count: number): Scratch => ({
  line: new Float64Array(count),
  feet: new Int32Array(count),
  starts: new Float64Array(count),
});

/** Puts in place of each number of a line the least that parabolas standing on all of its numbers have there. */
const lowestParabolas = (
  values: Float64Array,
  { from, stride, count, curve }: Line,
  { line, feet, starts }: Scratch,
): void => {
  for (let n = 0; n < count; n += 1) line[n] = values[from + n * stride] as number;
  let last = -1;
  for (let foot = 0; foot < count; foot += 1) {
    if (line[foot] === Number.POSITIVE_INFINITY) continue;
    let start = Number.NEGATIVE_INFINITY;
    for (; last >= 0; last -= 1) {
      start = crossing(line, { a: feet[last] as number, b: foot, curve });
      if (start > (starts[last] as number)) break;
      start = Number.NEGATIVE_INFINITY;
    }
    last += 1;
    feet[last] = foot;
    starts[last] = start;
  }
  for (let n = 0, k = 0; n < count && last >= 0; n += 1) {
    while (k < last && (starts[k + 1] as number) < n) k += 1;
    const foot = feet[k] as number;
    values[from + n * stride] = (line[foot] as number) + curve * (n - foot) ** 2;
  }
};

/** Where the parabola of `b`, which stands further on, becomes lower than that of `a`. */
const crossing = (line: Float64Array, { a, b, curve }: { a: number; b: number; curve: number }): number =>
  ((line[b] as number) - (line[a] as number)) / (2 * curve * (b - a)) + (a + b) / 2;
