import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import type { CopyFormat } from '../../../src/node/copies/formats.ts';

/** What nobody may find in a copy. */
export const SECRET = 'Anna Muster, Seeweg 7';

export const FORMATS: readonly CopyFormat[] = ['png', 'jpeg', 'webp', 'tiff', 'avif'];

/** A picture with soft colours, like a photograph: `height * width * channels` values. */
export const soft = (height: number, width: number, channels: number, phase = 0): Uint8Array =>
  Uint8Array.from({ length: height * width * channels }, (_, i) => {
    const [row, column] = [Math.floor(i / channels / width), Math.floor(i / channels) % width];
    return 128 + 90 * Math.sin(row / 5 + phase + (i % channels)) * Math.cos(column / 6 + phase);
  });

/** The same as a copy's pixels. */
export const asPixels = (bytes: Uint8Array): Float32Array => Float32Array.from(bytes, (byte) => byte / 255);

const EXIF = {
  IFD0: { ImageDescription: SECRET, Artist: SECRET, Make: 'Camera 12345', DateTime: '2021:02:03 04:05:06' },
  IFD2: { UserComment: SECRET },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '47/1 22/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '8/1 32/1 0/1' },
};
const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="${SECRET}"/></rdf:RDF></x:xmpmeta>`;

type Dirt = {
  readonly hasAlpha?: boolean;
  readonly orientation?: number;
  /** Of a square, in three channels. */
  readonly pixels?: Uint8Array;
};

/** A file full of what identifies: EXIF with a place, XMP, a profile of other colours, comments, bytes behind its end. */
export const dirty = async (
  format: CopyFormat,
  { hasAlpha = false, orientation = 1, pixels }: Dirt = {},
): Promise<Buffer> => {
  const [height, width] = pixels ? [Math.sqrt(pixels.length / 3), Math.sqrt(pixels.length / 3)] : [24, 32];
  const image = sharp(pixels ?? soft(height, width, 3), { raw: { width, height, channels: 3 } });
  const told = (hasAlpha ? image.ensureAlpha(0.5) : image)
    .withMetadata({ orientation })
    .withIccProfile('p3')
    .withExifMerge(EXIF)
    .withXmp(XMP);
  const file = await told[format === 'avif' ? 'avif' : format]({ quality: 95 }).toBuffer();
  if (format === 'png')
    return Buffer.concat([file.subarray(0, 33), chunk(`tEXtComment\0${SECRET}`), file.subarray(33)]);
  if (format === 'tiff') return withTags(file);
  if (format !== 'jpeg') return file;
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, SECRET.length + 2]), Buffer.from(SECRET)]);
  return Buffer.concat([file.subarray(0, 2), comment, file.subarray(2), Buffer.from(SECRET)]);
};

const [ASCII, LONG] = [2, 4];

/** sharp puts no EXIF into TIFFs: a table of the same tags with two more behind the file, a description and a place. */
const withTags = (file: Buffer): Buffer => {
  const first = file.readUInt32LE(4);
  const count = file.readUInt16LE(first);
  const entries = Array.from({ length: count }, (_, n) => file.subarray(first + 2 + 12 * n, first + 14 + 12 * n));
  const text = Buffer.from(`${SECRET}\0`);
  const place = Buffer.alloc(6); // a table of no tags
  const more = [entryOf(270, ASCII, text.length, file.length), entryOf(34853, LONG, 1, file.length + text.length)];
  const all = [...entries, ...more].sort((a, b) => a.readUInt16LE(0) - b.readUInt16LE(0));
  const head = Buffer.from(file);
  head.writeUInt32LE(file.length + text.length + place.length, 4);
  const size = Buffer.alloc(2);
  size.writeUInt16LE(all.length);
  return Buffer.concat([head, text, place, size, ...all, Buffer.alloc(4)]);
};

const entryOf = (...[tag, type, length, value]: readonly [number, number, number, number]): Buffer => {
  const entry = Buffer.alloc(12);
  entry.writeUInt16LE(tag, 0);
  entry.writeUInt16LE(type, 2);
  entry.writeUInt32LE(length, 4);
  entry.writeUInt32LE(value, 8);
  return entry;
};

const chunk = (text: string): Buffer => {
  const data = Buffer.from(text, 'latin1');
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length - 4);
  sum.writeUInt32BE(crc32(data));
  return Buffer.concat([length, data, sum]);
};
