import sharp, { type Sharp } from 'sharp';
import { ArgumentError } from '../../errors.ts';
import { readBmp } from './bmp.ts';
import type { RawImage } from './source.ts';

/** First bytes of the formats that are let in, with a dot for any. Text formats such as SVG could reach for other files. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  PNG: /^\x89PNG/,
  JPEG: /^\xff\xd8\xff/,
  WebP: /^RIFF....WEBP/s,
  GIF: /^GIF8[79]a/,
  TIFF: /^(II\*\0|MM\0\*)/,
  AVIF: /^....ftyp(avif|avis|mif1)/s,
  BMP: /^BM/,
};

/** 2 ^ 24 pixels, 4096 x 4096: far more than any pixel diffusion model has, far less than would exhaust the memory. */
const MOST_PIXELS = 2 ** 24;

/** An image that is open, and what is known of it before its pixels are read. */
export type Picture = {
  readonly image: Sharp;
  /** Upright. */
  readonly size: readonly [height: number, width: number];
  readonly isGrey: boolean;
  /** Whether it has 16 bits a channel, and not 8. */
  readonly isWide: boolean;
  /** Whether it says what its colours mean. */
  readonly hasProfile: boolean;
  readonly alpha: 'none' | 'opaque' | 'transparent';
  readonly frames: number;
};

/**
 * Opens an image file: 8 or 16 bits a channel, or fewer, or a palette.
 *
 * @param name for messages.
 * @throws ArgumentError `unreadable-image` for a format that is not let in, `unsupported-depth` for floats and the like,
 * whose range the file does not say.
 */
export const openPicture = async (name: string, bytes: Uint8Array): Promise<Picture> => {
  const format = formatOf(name, bytes);
  if (format === 'BMP') return rawPicture(readBmp(name, bytes, MOST_PIXELS));
  const image = sharp(bytes, { limitInputPixels: MOST_PIXELS });
  const { autoOrient, space, depth, hasAlpha, hasProfile, pages = 1 } = await image.metadata();
  if (depth !== 'uchar' && depth !== 'ushort') {
    const rule = `it has values of the kind "${depth}", whose range it does not say; 8 and 16 bits a channel are read`;
    const remedy = 'scale it first, for example with: magick IN -auto-level -depth 16 OUT.png';
    throw new ArgumentError('unsupported-depth', `cannot read the image ${name}: ${rule}; ${remedy}`);
  }
  return {
    image,
    size: [autoOrient.height, autoOrient.width],
    isGrey: space === 'b-w' || space === 'grey16',
    isWide: depth === 'ushort',
    hasProfile,
    alpha: !hasAlpha ? 'none' : (await image.stats()).isOpaque ? 'opaque' : 'transparent',
    frames: pages,
  };
};

/** Pixels as a picture. */
export const rawPicture = ({ bytes, shape: [height, width, channels] }: RawImage): Picture => {
  const isGrey = channels === 1;
  const image = sharp(bytes, { raw: { width, height, channels: isGrey ? 1 : 3 } });
  return {
    image: image.toColourspace(isGrey ? 'b-w' : 'srgb'),
    size: [height, width],
    isGrey,
    isWide: false,
    hasProfile: false,
    alpha: 'none',
    frames: 1,
  };
};

/**
 * The format of a file of an image, by its first 16 bytes: `png`, `jpeg` and so on.
 *
 * @throws ArgumentError `unreadable-image` for one that is not let in.
 */
export const pictureFormat = (name: string, bytes: Uint8Array): string => formatOf(name, bytes).toLowerCase();

const formatOf = (name: string, bytes: Uint8Array): string => {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  const found = Object.keys(FORMATS).find((format) => FORMATS[format]?.test(start));
  if (found) return found;
  const names = Object.keys(FORMATS).join(', ');
  throw new ArgumentError('unreadable-image', `cannot read the image ${name}: it is none of ${names}`);
};
