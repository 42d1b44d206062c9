import type { GraphSizes } from '../src/engines/onnx/networkGraph.ts';
import type { Architecture, Input } from '../src/networks/architecture.ts';
import type { Affine, NetOps } from '../src/networks/ops.ts';

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
  const linear = (x: Shape, weight: Shape): Shape => {
    const rows = x.slice(0, -1);
    report(size(rows) * size(weight));
    return [...rows, weight[0] ?? 0];
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
    layerNorm: same,
    add: same,
    multiply: same,
    addRows: same,
    nearestRow: same,
    channels: (x, from, to) => [...x.slice(0, -1), to - from],
    toRows: ([count = 0, height = 0, width = 0, channels = 0]) => [count, height * width, channels],
    toMap: (rows, like) => [...like.slice(0, 3), rows[2] ?? 0],
    upsampleLike: (x, like) => [...like.slice(0, 3), x[3] ?? 0],
    attend: (query, key, _, heads) => {
      report(2 * size(query.slice(0, 2)) * (key[1] ?? 0) * heads.count * heads.dim); // scores, and their sums of values
      return query;
    },
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
    embedding: (table, indices) => [...indices, table[1] ?? 0],
    part: (compute) => compute(),
  };
};

/** Multiplications with an addition that a network takes for one image; two floating-point operations each. */
export const countMacs = (architecture: Architecture, { height = 1, width = 1, tokens = 1 }: GraphSizes): number => {
  let total = 0;
  const ops = countingOps((macs) => {
    total += macs;
  });
  const network = architecture.build<Shape>(ops, (_, shape) => shape);
  const shapeOf = (input: Input): Shape => {
    if (input.kind === 'map') return [1, height, width, input.channels];
    return input.kind === 'rows' ? [1, tokens, input.channels] : input.kind === 'indices' ? [1, tokens] : [1];
  };
  network(Object.fromEntries(Object.entries(architecture.inputs).map(([name, input]) => [name, shapeOf(input)])));
  return total;
};
