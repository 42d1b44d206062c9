import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { enlarged } from '../../apps/enhance/degrade/enlarged.ts';
import { ArgumentError } from '../../errors.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { asNumbers, fitImage } from '../data/fitImage.ts';
import { openPicture } from '../data/openPicture.ts';
import { toBytes } from '../images.ts';

/** A picture as it was seen, of any size. */
export type SeenPicture = {
  /** `height * width * channels` numbers in [0, 1], in the channels that were asked for. */
  readonly pixels: Float32Array;
  readonly shape: ImageShape;
  /** Whether its file has 16 bits a channel, and not 8. */
  readonly isWide: boolean;
  /** How opaque its pixels are, 0 to 255; absent where all are. */
  readonly alpha?: Uint8Array;
  /** What was done to it, for people. */
  readonly changes: readonly string[];
};

/** Bytes of a file, and what is made of them. @throws ArgumentError `no-such-image`, `unreadable-image`. */
const read = async <T>(path: string, work: (bytes: Uint8Array) => Promise<T>): Promise<T> => {
  const bytes = await readFile(path).catch(({ code }: NodeJS.ErrnoException) => {
    throw new ArgumentError('no-such-image', `cannot read the image ${path}: ${code}; check the path`);
  });
  try {
    return await work(bytes);
  } catch (error) {
    if (error instanceof ArgumentError) throw error;
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new ArgumentError('unreadable-image', `cannot read the image ${path}: ${why}`, { cause: error });
  }
};

/**
 * Reads a picture to be enlarged: upright, its transparency apart.
 *
 * @param channels 1 for grey, 3 for colour.
 * @throws ArgumentError `no-such-image`, `unreadable-image`, `unsupported-depth`.
 */
export const readSeen = (path: string, channels: number): Promise<SeenPicture> =>
  read(path, async (bytes) => {
    const { alpha, isWide } = await openPicture(path, bytes);
    const isTransparent = alpha === 'transparent';
    const content = isTransparent ? await withoutAlpha(bytes) : bytes;
    const fitting = { size: undefined, channels, fit: 'exact' } as const;
    const { values, shape, changes } = await fitImage({ name: path, content }, fitting);
    const seen = { pixels: asNumbers(values), shape, isWide, changes };
    return isTransparent ? { ...seen, alpha: await alphaOf(bytes) } : seen;
  });

/** Height and width of a picture, upright. @throws what {@link readSeen} throws, where its head tells. */
export const seenSize = (path: string): Promise<readonly [height: number, width: number]> =>
  read(path, async (bytes) => (await openPicture(path, bytes)).size);

/** The colours that a picture has under its transparency, which else would be seen on white. */
const withoutAlpha = (bytes: Uint8Array): Promise<Buffer> => sharp(bytes).autoOrient().removeAlpha().png().toBuffer();

const alphaOf = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await sharp(bytes).autoOrient().extractChannel('alpha').toColourspace('b-w').raw().toBuffer());

export type Written = Pick<SeenPicture, 'pixels' | 'shape' | 'isWide'>;

/** What of the picture that was seen goes over to another: how opaque it was, and how large. */
export type SeenAlpha = Pick<SeenPicture, 'alpha' | 'shape'>;

/** A picture as a PNG, in 8 or 16 bits a channel, with the transparency of what was seen, enlarged by a cubic filter. */
export const pngOf = async ({ pixels, shape, isWide }: Written, seen: SeenAlpha): Promise<Uint8Array> => {
  const [height, width, channels] = shape;
  const raw = { width, height, channels: channels === 1 ? 1 : 3 } as const;
  const most = isWide ? 65_535 : 255;
  const scaled = pixels.map((value) => Math.round(most * Math.min(1, Math.max(0, value))));
  const values = isWide ? Uint16Array.from(scaled) : Uint8Array.from(scaled);
  const space = channels === 1 ? (isWide ? 'grey16' : 'b-w') : isWide ? 'rgb16' : 'srgb';
  const image = sharp(values, { raw }).toColourspace(space);
  if (seen.alpha === undefined) return image.png().toBuffer();
  const alpha = toBytes(await enlargedAlpha(seen.alpha, seen.shape, [height, width]));
  const plane = sharp(alpha, { raw: { width, height, channels: 1 } }).toColourspace('b-w');
  return sharp(await image.png().toBuffer())
    .joinChannel(await plane.png().toBuffer())
    .png()
    .toBuffer();
};

const enlargedAlpha = async (
  alpha: Uint8Array,
  [height, width]: ImageShape,
  size: readonly [number, number],
): Promise<Float32Array> => {
  const large = tf.tidy(() => {
    const small = tf.tensor4d(
      Float32Array.from(alpha, (value) => value / 255),
      [1, height, width, 1],
    );
    return enlarged(small, size);
  });
  return large.data<'float32'>().finally(() => large.dispose());
};
