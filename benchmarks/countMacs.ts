import type { Affine, NetOps } from '../src/networks/ops.ts';
import { unet2d } from '../src/networks/unet2d.ts';
import type { UNet2DConfig } from '../src/networks/unet2dConfig.ts';

/** What stands for a tensor when only its size matters. */
export type Shape = readonly number[];

const size = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);

/**
 * Operations of a network on shapes. They compute nothing but the shape of the result, and report how many
 * multiplications with an addition each convolution and matrix product takes. What a network does element by element
 * is not counted: a matrix product's rate is what it is compared to.
 */
export const countingOps = (report: (macs: number) => void): NetOps<Shape> => {
  const same = (x: Shape): Shape => x;
  const linear = ([count = 0]: Shape, weight: Shape): Shape => {
    report(count * size(weight));
    return [count, weight[0] ?? 0];
  };
  return {
    conv2d: ([count = 0, height = 0, width = 0], weight, _, { stride, padding: [top, bottom, left, right] }) => {
      const [out = 0, , tall = 0, wide = 0] = weight;
      const place = (length: number, filter: number): number => Math.floor((length - filter) / stride) + 1;
      const result = [count, place(height + top + bottom, tall), place(width + left + right, wide), out];
      report((size(result) / out) * size(weight));
      return result;
    },
    linear,
    groupNorm: same,
    activate: same,
    add: same,
    affine: same,
    addVector: same,
    modulate: same,
    concatChannels: (a, b) => [...a.slice(0, -1), (a.at(-1) ?? 0) + (b.at(-1) ?? 0)],
    upsample2x: ([count = 0, height = 0, width = 0, channels = 0]) => [count, height * 2, width * 2, channels],
    averagePool2x: ([count = 0, height = 0, width = 0, channels = 0]) => [count, height / 2, width / 2, channels],
    attention: (x, weights, heads) => {
      const [count = 0, height = 0, width = 0, channels = 0] = x;
      const positions = height * width;
      const rows = [count * positions, channels];
      for (const part of Object.values<Affine<Shape>>(weights)) linear(rows, part.weight);
      report(2 * count * positions ** 2 * heads.count * heads.dim); // scores, and their sums of values
      return x;
    },
    sinusoid: ([count = 0], frequencies) => [count, 2 * frequencies.length],
    embedding: (table, [count = 0]) => [count, table[1] ?? 0],
    part: (compute) => compute(),
  };
};

/**
 * Multiplications with an addition that a network takes for one image; two floating-point operations each.
 *
 * @param imageSize height and width.
 */
export const countMacs = (config: UNet2DConfig, imageSize: readonly [height: number, width: number]): number => {
  let total = 0;
  const ops = countingOps((macs) => {
    total += macs;
  });
  const network = unet2d<Shape>(ops, (_, shape) => shape, config);
  network([1, ...imageSize, config.inChannels], [1], config.classEmbedding ? [1] : undefined);
  return total;
};
