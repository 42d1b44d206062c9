import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';

/** A part of a line that a model sees at once, and how much its answer counts in each place. */
export type Span = { readonly from: number; readonly weights: Float32Array };

/**
 * Cuts a line into parts of one length, evenly spread. Where they overlap one fades into the other; the weights of all
 * parts add up to 1 in every place.
 *
 * @param length at least `side`.
 * @param overlap of neighbours, in pixels, at least; below `side`.
 */
export const spansOf = (length: number, side: number, overlap: number): readonly Span[] => {
  const count = Math.max(1, Math.ceil((length - overlap) / (side - overlap)));
  const starts = Array.from({ length: count }, (_, n) => Math.round((n * (length - side)) / Math.max(1, count - 1)));
  const rise = Float32Array.from({ length: side }, (_, n) => Math.min(n + 0.5, side - n - 0.5));
  const total = new Float32Array(length);
  for (const from of starts)
    for (const [n, weight] of rise.entries()) total[from + n] = (total[from + n] ?? 0) + weight;
  return starts.map((from) => ({ from, weights: rise.map((weight, n) => weight / (total[from + n] as number)) }));
};

export type Tiled = { readonly model: Model /** Calls of the network in place of one. */; readonly tiles: number };

/**
 * A model of larger pictures: it asks the other one about tiles and blends the answers. Since it answers for the whole
 * picture in every step, all that is about pictures stays whole: one noise, one projection, and no seam.
 *
 * @param size height and width of pictures, at least those of the model.
 * @param overlap of neighbours, in pixels. @defaultValue a fourth of the model's shorter side
 * @returns the model itself where the size is its own. The other one stays its owner's.
 * @throws ArgumentError `bad-model` for a latent model, `bad-overlap`.
 * @see Bar-Tal et al. 2023, arXiv:2302.08113, equation 5, for pictures larger than the model.
 */
export const tiledModel = (
  model: Model,
  [height, width]: readonly [number, number],
  overlap = Math.floor(Math.min(model.imageShape[0], model.imageShape[1]) / 4),
): Tiled => {
  const [tall, wide, channels] = model.imageShape;
  if (height === tall && width === wide) return { model, tiles: 1 };
  if (model.isLatent) {
    const rule = `this model makes images of ${tall} x ${wide} and works in latents, which are not cut into tiles`;
    throw new ArgumentError('bad-model', `${rule}; got ${height} x ${width}; cut them, or take a model of pixels`);
  }
  if (overlap >= Math.min(tall, wide)) {
    const rule = `tiles of ${tall} x ${wide} must overlap by less than that`;
    throw new ArgumentError('bad-overlap', `${rule}, got ${overlap}; a fourth is usual`);
  }
  const tiles = spansOf(height, tall, overlap).flatMap((down) =>
    spansOf(width, wide, overlap).map((across) => ({ down, across })),
  );
  const cutOut = (x: tf.Tensor4D, { down, across }: Tile): tf.Tensor4D =>
    tf.slice(x, [0, down.from, across.from, 0], [-1, tall, wide, -1]);
  const imageShape = [height, width, channels] as const;
  const blank = (x: tf.Tensor4D): tf.TensorBuffer<tf.Rank.R4> =>
    tf.buffer([x.shape[0], height, width, model.outChannels]);
  return {
    tiles: tiles.length,
    model: {
      ...model,
      imageShape,
      latentShape: imageShape,
      get device() {
        return model.device;
      },
      predict(x, timesteps, condition) {
        const whole = blank(x);
        for (const tile of tiles) {
          const answer = tf.tidy(() => model.predict(cutOut(x, tile), timesteps, condition).dataSync<'float32'>());
          add(answer, tile, whole);
        }
        return whole.toTensor();
      },
      async predictAsync(x, timesteps, condition) {
        const whole = blank(x);
        for (const tile of tiles) {
          const part = cutOut(x, tile);
          const said = await model.predictAsync(part, timesteps, condition).finally(() => part.dispose());
          add(await said.data<'float32'>().finally(() => said.dispose()), tile, whole);
        }
        return whole.toTensor();
      },
    },
  };
};

type Tile = { readonly down: Span; readonly across: Span };

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
