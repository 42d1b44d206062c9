import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { ArgumentError } from '../errors.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { asNumbers, type Fit, fitImage, toFit } from './data/fitImage.ts';
import { writeWhole } from './output.ts';

export type ReadImageOptions = {
  /** What is done to an image of another size. @defaultValue 'exact' */
  readonly fit?: Fit;
};

/** An image in numbers, and what was done to it on the way. */
export type ReadImage = { readonly pixels: Float32Array; readonly changes: readonly string[] };

/**
 * Reads an image file as `openImages` reads those of a data set: PNG, JPEG, WebP, GIF (its first frame), TIFF, AVIF,
 * BMP, of 8 or 16 bits a channel; upright, on white where it is transparent, in the channels of `shape`.
 *
 * @param shape `[height, width, channels]` that the image is to have; 1 channel is grey, 3 are colour.
 * @returns `height * width * channels` numbers in [0, 1], in the order of `shape`.
 * @throws ArgumentError `no-such-image`, `unreadable-image`, `unsupported-depth`, `wrong-image-size`,
 * `wrong-image-channels` for a shape that is neither grey nor colour, `unknown-fit`.
 */
export const readImage = async (
  path: string,
  shape: ImageShape,
  options: ReadImageOptions = {},
): Promise<Float32Array> => (await readImageFile(path, shape, options)).pixels;

/** The same, and what was done to the image. */
export const readImageFile = async (
  path: string,
  [height, width, channels]: ImageShape,
  { fit = 'exact' }: ReadImageOptions = {},
): Promise<ReadImage> => {
  if (channels !== 1 && channels !== 3) {
    const rule = `images are grey or colour, 1 or 3 channels, and ${channels} are wanted of ${path}`;
    throw new ArgumentError('wrong-image-channels', `${rule}; use another model`);
  }
  const wanted = { size: [height, width], channels, fit: toFit(fit) } as const;
  try {
    const { values, changes } = await fitImage({ name: path, content: await readBytes(path) }, wanted);
    return { pixels: asNumbers(values), changes };
  } catch (error) {
    if (error instanceof ArgumentError) throw error;
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new ArgumentError('unreadable-image', `cannot read the image ${path}: ${why}`, { cause: error });
  }
};

/**
 * Writes an image of numbers in [0, 1] as a PNG of 8 bits a channel; what lies outside is clipped.
 *
 * @throws EnvironmentError `bad-output`.
 */
export const writePng = async (path: string, pixels: Float32Array, [height, width, channels]: ImageShape) => {
  const raw = { width, height, channels: channels === 1 ? 1 : 3 } as const;
  const image = sharp(toBytes(pixels), { raw }).toColourspace(channels === 1 ? 'b-w' : 'srgb');
  await writeWhole(path, await image.png().toBuffer());
};

/** Numbers in [0, 1] as bytes; what lies outside is clipped. */
export const toBytes = (pixels: Float32Array): Uint8Array =>
  new Uint8Array(Uint8ClampedArray.from(pixels, (value) => value * 255).buffer);

const readBytes = async (path: string): Promise<Buffer> => {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new ArgumentError('no-such-image', `there is no image ${path}; check the path`);
    }
    throw new ArgumentError('unreadable-image', `cannot read the image ${path}: ${code}; name a file that can be read`);
  }
};
