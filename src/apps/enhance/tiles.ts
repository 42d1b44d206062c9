import { ArgumentError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import { blended, blendedLater, gridOf } from './grid.ts';

type Size = readonly [height: number, width: number];

/** Pixels along a side of one place where the walk is: 1 for a model of pixels. */
const pixelsAPlace = ({ imageShape, latentShape }: Model): number => imageShape[0] / latentShape[0];

/** The smallest size of pictures that tiles of a model can make, and that is no smaller than what is wanted. */
export const roomFor = (model: Model, size: Size): Size => {
  const unit = pixelsAPlace(model);
  const side = (least: number, wanted: number): number => Math.max(least, unit * Math.ceil(wanted / unit));
  return [side(model.imageShape[0], size[0]), side(model.imageShape[1], size[1])];
};

export type Tiled = { readonly model: Model /** Calls of the network in place of one. */; readonly tiles: number };

/**
 * A model of larger pictures: it asks the other one about tiles and blends the answers. Since it answers for the whole
 * picture in every step, all that is about pictures stays whole: one noise, one projection, and no seam.
 *
 * A latent model walks in tiles of latents, and encodes and decodes the tiles of pictures that belong to them.
 *
 * @param size height and width of pictures, which {@link roomFor} would leave as they are.
 * @param overlap of neighbours, in pixels, at least. @defaultValue a fourth of the model's shorter side
 * @returns the model itself where the size is its own. The other one stays its owner's.
 * @throws ArgumentError `bad-overlap`.
 * @see Bar-Tal et al. 2023, arXiv:2302.08113, equation 5, for pictures larger than the model.
 */
export const tiledModel = (model: Model, size: Size, overlap?: number): Tiled => {
  const { imageShape, latentShape, outChannels } = model;
  if (size[0] === imageShape[0] && size[1] === imageShape[1]) return { model, tiles: 1 };
  const unit = pixelsAPlace(model);
  const cutting = {
    size: [size[0] / unit, size[1] / unit],
    tile: [latentShape[0], latentShape[1]],
    overlap: placesOf(model, overlap),
  } as const;
  const [places, pixels] = [gridOf(cutting, 1), gridOf(cutting, unit)];
  const walk = { from: places, to: places, channels: outChannels };
  const encoding = { from: pixels, to: places, channels: latentShape[2] };
  const decoding = { from: places, to: pixels, channels: imageShape[2] };
  return {
    tiles: places.tiles.length,
    model: {
      ...model,
      imageShape: [...size, imageShape[2]],
      latentShape: [...cutting.size, latentShape[2]],
      get device() {
        return model.device;
      },
      predict: (x, timesteps, condition) => blended(x, walk, (part) => model.predict(part, timesteps, condition)),
      predictAsync: (x, timesteps, condition) =>
        blendedLater(x, walk, (part) => model.predictAsync(part, timesteps, condition)),
      encode: (images) => blended(images, encoding, model.encode),
      encodeAsync: (images) => blendedLater(images, encoding, model.encodeAsync),
      decode: (latents) => blended(latents, decoding, model.decode),
      decodeAsync: (latents) => blendedLater(latents, decoding, model.decodeAsync),
    },
  };
};

/** An overlap in places where the walk is. @throws ArgumentError `bad-overlap` */
const placesOf = (model: Model, overlap?: number): number => {
  const { imageShape, latentShape } = model;
  const [tall, wide] = imageShape;
  const unit = pixelsAPlace(model);
  const places = Math.ceil((overlap ?? Math.floor(Math.min(tall, wide) / 4)) / unit);
  if (places < Math.min(latentShape[0], latentShape[1])) return places;
  const rule = `tiles of ${tall} x ${wide} must overlap by at most ${Math.min(tall, wide) - unit} pixels`;
  throw new ArgumentError('bad-overlap', `${rule}, got ${overlap}; a fourth is usual`);
};
