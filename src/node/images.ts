import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { ArgumentError } from '../errors.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { writeWhole } from './output.ts';

/** First bytes of the formats that are let in. Text formats such as SVG could reach for other files. */
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  PNG: ['\x89PNG'],
  JPEG: ['\xff\xd8\xff'],
  WebP: ['RIFF'],
  GIF: ['GIF87a', 'GIF89a'],
  TIFF: ['II*\0', 'MM\0*'],
};

/** 2 ^ 24 pixels, 4096 x 4096: far more than any pixel diffusion model has, far less than would exhaust the memory. */
export const MOST_PIXELS = 2 ** 24;

/**
 * Reads an image file, turned upright, of 8 or 16 bits a channel: PNG, JPEG, WebP, GIF (its first frame), TIFF.
 * An alpha channel that is opaque everywhere is dropped.
 *
 * @param shape `[height, width, channels]` that the image must have; 1 channel is grey, 3 are colour.
 * @returns `height * width * channels` numbers in [0, 1], in the order of `shape`.
 * @throws ArgumentError `no-such-image`, `unreadable-image`, `wrong-image-size`, `wrong-image-channels`.
 */
export const readImage = async (path: string, shape: ImageShape): Promise<Float32Array> => {
  const bytes = await readBytes(path);
  try {
    return await decode(path, bytes, shape);
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

/** @throws ArgumentError `unreadable-image` unless the first bytes are those of a format that is let in. */
export const checkFormat = (path: string, bytes: Uint8Array): void => {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  if (Object.values(FORMATS).some((starts) => starts.some((first) => start.startsWith(first)))) return;
  const names = Object.keys(FORMATS).join(', ');
  throw new ArgumentError('unreadable-image', `cannot read the image ${path}: it is none of ${names}`);
};

const decode = async (path: string, bytes: Buffer, shape: ImageShape): Promise<Float32Array> => {
  checkFormat(path, bytes);
  const image = sharp(bytes, { limitInputPixels: MOST_PIXELS });
  const metadata = await image.metadata();
  checkSize(path, metadata.autoOrient, shape);
  checkChannels(path, metadata.space, shape);
  if (metadata.hasAlpha && !(await image.stats()).isOpaque) {
    throw new ArgumentError('wrong-image-channels', `${path} is transparent in places; flatten it first`);
  }
  const wide = metadata.depth === 'ushort';
  const { data } = await image
    .autoOrient()
    .removeAlpha()
    .toColourspace(shape[2] === 1 ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb')
    .raw({ depth: wide ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return wide
    ? Float32Array.from(new Uint16Array(data.buffer, data.byteOffset, data.length / 2), (value) => value / 65535)
    : Float32Array.from(data, (value) => value / 255);
};

const checkSize = (path: string, found: { width: number; height: number }, [height, width]: ImageShape): void => {
  if (found.width === width && found.height === height) return;
  throw new ArgumentError(
    'wrong-image-size',
    `${path} is ${found.width} x ${found.height}, the model knows ${width} x ${height}; ` +
      `resize it first, for example: magick ${path} -resize '${width}x${height}!' resized.png`,
  );
};

/** How a kind of image is called, and how ImageMagick makes one. */
const KINDS: Readonly<Record<number, { readonly name: string; readonly convert: string }>> = {
  1: { name: 'grey', convert: '-colorspace Gray' },
  3: { name: 'colour', convert: '-type TrueColor' },
};

const checkChannels = (path: string, space: string, [, , channels]: ImageShape): void => {
  const found = space === 'b-w' || space === 'grey16' ? 1 : 3;
  if (found === channels) return;
  const wanted = KINDS[channels];
  throw new ArgumentError(
    'wrong-image-channels',
    `${path} is ${KINDS[found]?.name}, the model knows ${wanted?.name ?? `${channels}-channel`} images; ` +
      (wanted ? `convert it first, for example: magick ${path} ${wanted.convert} converted.png` : 'use another model'),
  );
};
