import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import type { RawImage } from '../data/source.ts';
import type { CopyFormat } from './formats.ts';

const ENCODERS: Readonly<Record<CopyFormat, (image: Sharp) => Sharp>> = {
  png: (image) => image.png(),
  jpeg: (image) => image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }),
  webp: (image) => image.webp({ quality: 95, smartSubsample: true }),
  tiff: (image) => image.tiff({ compression: 'deflate' }),
  avif: (image) => image.avif({ quality: 90 }),
};

/**
 * A file of an image, made of its pixels alone: it can hold nothing else of the original. Equal pixels give equal bytes.
 *
 * @param mark XMP that the file is to carry.
 */
export const encode = async (
  { bytes, shape: [height, width, channels] }: RawImage,
  format: CopyFormat,
  mark?: string,
): Promise<Buffer> => {
  const image = sharp(bytes, { raw: { width, height, channels: channels as 1 | 3 } });
  const coloured = image.toColourspace(channels === 1 ? 'b-w' : 'srgb');
  if (format === 'png') {
    const file = await ENCODERS.png(coloured).toBuffer();
    return mark === undefined ? file : withText(file, mark);
  }
  return ENCODERS[format](mark === undefined ? coloured : coloured.withXmp(mark)).toBuffer();
};

/** The signature and the header. */
const PNG_START = 33;

/**
 * Puts XMP where programs look for it in a PNG; sharp would put it into a compressed chunk that few read.
 *
 * @see ISO 16684-3, PNG; W3C, "Portable Network Graphics", 11.3.3.4 iTXt.
 */
const withText = (png: Buffer, text: string): Buffer => {
  const data = Buffer.from(`iTXtXML:com.adobe.xmp\0\0\0\0\0${text}`, 'utf8');
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length - 4);
  sum.writeUInt32BE(crc32(data));
  return Buffer.concat([png.subarray(0, PNG_START), length, data, sum, png.subarray(PNG_START)]);
};
