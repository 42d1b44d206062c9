import * as tf from '@tensorflow/tfjs-core';
import { type Span, spansOf } from './spans.ts';

/** How pictures, or what stands for them, are cut into tiles. */
export type Grid = { readonly size: Size; readonly tiles: readonly Tile[] };

type Size = readonly [height: number, width: number];
type Tile = { readonly down: Span; readonly across: Span };

/** What a grid is made of: all in places, of which a finer grid has `scale` times as many each way. */
export type Cutting = { readonly size: Size; readonly tile: Size; readonly overlap: number };

export const gridOf = ({ size, tile, overlap }: Cutting, scale: number): Grid => ({
  size: [scale * size[0], scale * size[1]],
  tiles: spansOf(size[0], tile[0], overlap, scale).flatMap((down) =>
    spansOf(size[1], tile[1], overlap, scale).map((across) => ({ down, across })),
  ),
});

/** From which grid to which, and to how many channels. */
type Way = { readonly from: Grid; readonly to: Grid; readonly channels: number };

type Change<T> = (part: tf.Tensor4D) => T;

/** What becomes of pictures by what becomes of their tiles, blended. A new tensor. */
export const blended = (x: tf.Tensor4D, way: Way, change: Change<tf.Tensor4D>): tf.Tensor4D => {
  const whole = blank(x, way);
  for (const [n, tile] of way.from.tiles.entries()) {
    const answer = tf.tidy(() => change(cutOut(x, tile)).dataSync<'float32'>());
    add(answer, way.to.tiles[n] as Tile, whole);
  }
  return whole.toTensor();
};

/** As {@link blended}, and waits for every tile. */
export const blendedLater = async (
  x: tf.Tensor4D,
  way: Way,
  change: Change<Promise<tf.Tensor4D>>,
): Promise<tf.Tensor4D> => {
  const whole = blank(x, way);
  for (const [n, tile] of way.from.tiles.entries()) {
    const part = cutOut(x, tile);
    const said = await change(part).finally(() => part.dispose());
    add(await said.data<'float32'>().finally(() => said.dispose()), way.to.tiles[n] as Tile, whole);
  }
  return whole.toTensor();
};

const blank = (x: tf.Tensor4D, { to: { size }, channels }: Way): tf.TensorBuffer<tf.Rank.R4> =>
  tf.buffer([x.shape[0], ...size, channels]);

const cutOut = (x: tf.Tensor4D, { down, across }: Tile): tf.Tensor4D =>
  tf.slice(x, [0, down.from, across.from, 0], [-1, down.weights.length, across.weights.length, -1]);

/** Adds what was said of a tile of all pictures to what is said of them as a whole. */
const add = (answer: Float32Array, { down, across }: Tile, { values, shape }: tf.TensorBuffer<tf.Rank.R4>): void => {
  const [count, height, width, channels] = shape;
  let from = 0;
  for (let n = 0; n < count; n += 1) {
    for (const [row, tall] of down.weights.entries()) {
      let to = ((n * height + down.from + row) * width + across.from) * channels;
      for (const wide of across.weights) {
        for (let channel = 0; channel < channels; channel += 1) {
          values[to] = (values[to] as number) + tall * wide * (answer[from] as number);
          from += 1;
          to += 1;
        }
      }
    }
  }
};
