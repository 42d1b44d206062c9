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
  const heights = Float64Array.from(values, (value) => (value > 0 ? -Math.log(value) : Number.POSITIVE_INFINITY));
  for (let row = 0; row < height; row += 1) {
    lowestParabolas(heights, { from: row * width, stride: 1, count: width, curve });
  }
  for (let column = 0; column < width; column += 1) {
    lowestParabolas(heights, { from: column, stride: width, count: height, curve });
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

/** Puts in place of each number of a line the least that parabolas standing on all of its numbers have there. */
const lowestParabolas = (values: Float64Array, { from, stride, count, curve }: Line): void => {
  const line = Float64Array.from({ length: count }, (_, n) => values[from + n * stride] as number);
  const [feet, starts]: [number[], number[]] = [[], []]; // of the parabolas that are lowest somewhere, and from where on
  for (let foot = 0; foot < count; foot += 1) {
    if (line[foot] === Number.POSITIVE_INFINITY) continue;
    let start = Number.NEGATIVE_INFINITY;
    while (feet.length > 0) {
      start = crossing(line, { a: feet.at(-1) as number, b: foot, curve });
      if (start > (starts.at(-1) as number)) break;
      feet.pop();
      starts.pop();
      start = Number.NEGATIVE_INFINITY;
    }
    feet.push(foot);
    starts.push(start);
  }
  for (let n = 0, k = 0; n < count && feet.length > 0; n += 1) {
    while (k + 1 < feet.length && (starts[k + 1] as number) < n) k += 1;
    const foot = feet[k] as number;
    values[from + n * stride] = (line[foot] as number) + curve * (n - foot) ** 2;
  }
};

/** Where the parabola of `b`, which stands further on, becomes lower than that of `a`. */
const crossing = (line: Float64Array, { a, b, curve }: { a: number; b: number; curve: number }): number =>
  ((line[b] as number) - (line[a] as number)) / (2 * curve * (b - a)) + (a + b) / 2;
