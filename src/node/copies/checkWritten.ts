import sharp from 'sharp';
import { EnvironmentError } from '../../errors.ts';
import type { RawImage } from '../data/source.ts';
import { surplusBlocks } from './blocks/blocks.ts';
import type { CopyFormat } from './formats.ts';

/** What a file that was written is to hold, and nothing else. */
export type Expected = {
  /** For messages. */
  readonly name: string;
  readonly format: CopyFormat;
  readonly image: RawImage;
  /** The XMP that it carries, if any. */
  readonly mark: string | undefined;
};

/**
 * Reads a file of a copy back: that it holds these pixels (nearly, where the format loses some), the mark if there is to
 * be one, and nothing else: no EXIF, GPS, IPTC or other XMP, no profile, thumbnail, comment, alpha channel, other page,
 * and no bytes behind its end.
 *
 * @throws EnvironmentError `bad-copy`
 */
export const checkWritten = async (bytes: Uint8Array, { name, format, image, mark }: Expected): Promise<void> => {
  const fault = await faultOf(bytes, { format, image, mark }).catch((error: Error) => error.message.split('\n')[0]);
  if (fault === undefined) return;
  throw new EnvironmentError('bad-copy', `the copy of ${name} was not written as it should be: ${fault}; run it again`);
};

type Wanted = Omit<Expected, 'name'>;

const faultOf = async (bytes: Uint8Array, { format, image, mark }: Wanted): Promise<string | undefined> => {
  const surplus = surplusBlocks(format, bytes);
  const marks = surplus.filter((block) => block === 'xmp').length;
  const others = surplus.filter((block) => block !== 'xmp');
  if (others.length > 0) return `it has ${[...new Set(others)].join(', ')}, which may tell of the original`;
  if (marks !== (mark === undefined ? 0 : 1)) return `it has ${marks} packets of XMP`;
  return (await metadataFault(bytes, mark)) ?? pixelFault(bytes, { format, image });
};

const metadataFault = async (bytes: Uint8Array, mark: string | undefined): Promise<string | undefined> => {
  const { hasAlpha, orientation = 1, xmp } = await sharp(bytes).metadata();
  if (hasAlpha) return 'it has an alpha channel';
  if (orientation !== 1) return 'it is to be turned';
  return xmp?.toString('utf8') === mark ? undefined : 'it has other XMP than the mark';
};

const LOSSLESS: readonly CopyFormat[] = ['png', 'tiff'];

const pixelFault = async (bytes: Uint8Array, { format, image }: Omit<Wanted, 'mark'>): Promise<string | undefined> => {
  const [height, width, channels] = image.shape;
  const decoded = sharp(bytes).toColourspace(channels === 1 ? 'b-w' : 'srgb');
  const { data, info } = await decoded.raw().toBuffer({ resolveWithObject: true });
  if (info.height !== height || info.width !== width || info.channels !== channels) {
    return `it is [${info.height}, ${info.width}, ${info.channels}], and not [${image.shape}]`;
  }
  const isSame = LOSSLESS.includes(format) ? data.equals(image.bytes) : isNear(data, image);
  return isSame ? undefined : 'its pixels are others';
};

/**
 * Whether two images are one but for the losses of a format. Of noise in all colours WebP keeps the least: a root of
 * mean squares of 14.7 was seen where that of the noise is 50; of photographs all formats keep 1 to 2.
 */
const isNear = (found: Uint8Array, { bytes, shape }: RawImage): boolean => {
  const count = shape[0] * shape[1];
  const grey = shape[2] === 1;
  let [sum, squares, error] = [0, 0, 0];
  for (let n = 0; n < count; n += 1) {
    const lightness = grey ? (bytes[n] as number) : lightnessAt(bytes, n);
    const difference = (grey ? (found[n] as number) : lightnessAt(found, n)) - lightness;
    sum += lightness;
    squares += lightness * lightness;
    error += difference * difference;
  }
  const spread = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  return Math.sqrt(error / count) <= 6 + 0.25 * spread;
};

/** @see ITU-R BT.601, luma. */
const lightnessAt = (bytes: Uint8Array, n: number): number =>
  0.299 * (bytes[3 * n] as number) + 0.587 * (bytes[3 * n + 1] as number) + 0.114 * (bytes[3 * n + 2] as number);
