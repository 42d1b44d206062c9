import type { Architecture, Input, Values } from './architecture.ts';
import type { NetOps } from './ops.ts';

/** What stands for a tensor when only its size matters: maps `[N, H, W, C]`, rows `[N, L, C]`, vectors `[N, C]`. */
export type Shape = readonly number[];

/** What an architecture leaves open, for one image. */
export type Sizes = { readonly height?: number; readonly width?: number; readonly tokens?: number };

const same = (x: Shape): Shape => x;

/** Operations of a network on shapes. They compute nothing but the shape of the result. */
export const shapeOps: NetOps<Shape> = {
  conv2d: ([count = 0, height = 0, width = 0], weight, _, { stride, padding: [top, bottom, left, right] }) => {
    const [out = 0, , tall = 0, wide = 0] = weight;
    const places = (length: number, filter: number): number => Math.floor((length - filter) / stride) + 1;
    return [count, places(height + top + bottom, tall), places(width + left + right, wide), out];
  },
  linear: (x, weight) => [...x.slice(0, -1), weight[0] ?? 0],
  groupNorm: same,
  layerNorm: same,
  activate: same,
  add: same,
  multiply: same,
  affine: same,
  addVector: same,
  addRows: same,
  modulate: same,
  concatChannels: (a, b) => [...a.slice(0, -1), (a.at(-1) ?? 0) + (b.at(-1) ?? 0)],
  channels: (x, from, to) => [...x.slice(0, -1), to - from],
  upsample2x: ([count = 0, height = 0, width = 0, channels = 0]) => [count, height * 2, width * 2, channels],
  upsampleLike: (x, like) => [...like.slice(0, 3), x[3] ?? 0],
  averagePool2x: ([count = 0, height = 0, width = 0, channels = 0]) => [count, height / 2, width / 2, channels],
  toRows: ([count = 0, height = 0, width = 0, channels = 0]) => [count, height * width, channels],
  toMap: (rows, like) => [...like.slice(0, 3), rows[2] ?? 0],
  attention: same,
  attend: same,
  sinusoid: ([count = 0], frequencies) => [count, 2 * frequencies.length],
  embedding: (table, indices) => [...indices, table[1] ?? 0],
  nearestRow: same,
  part: (compute) => compute(),
};

/** Shapes of what an architecture takes, for one image. */
export const inputShapes = ({ inputs }: Architecture, { height = 1, width = 1, tokens = 1 }: Sizes): Values<Shape> => {
  const shapeOf = (input: Input): Shape => {
    if (input.kind === 'map') return [1, height, width, input.channels];
    if (input.kind === 'rows') return [1, tokens, input.channels];
    return input.kind === 'indices' ? [1, tokens] : [1];
  };
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, shapeOf(input)]));
};

/** How many numbers a tensor of a shape has. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);
