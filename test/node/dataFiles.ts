import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import sharp from 'sharp';

type Size = { readonly width?: number; readonly height?: number; readonly channels?: 1 | 3 | 4 };

/** A PNG of one value. */
export const png = (value: number, { width = 4, height = 4, channels = 3 }: Size = {}): Promise<Buffer> =>
  sharp(Buffer.alloc(width * height * channels, value), { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer();

/** An IDX file: of unsigned bytes (8), or of integers (12). */
export const idx = (shape: readonly number[], data: readonly number[], type: 8 | 12 | 13 = 8): Buffer => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, type, shape.length]);
  for (const [axis, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * axis);
  if (type === 8) return Buffer.concat([header, Buffer.from(data)]);
  const values = Buffer.alloc(4 * data.length);
  for (const [n, value] of data.entries()) values.writeInt32BE(value, 4 * n);
  return Buffer.concat([header, values]);
};

/** A record of CIFAR: its classes, and planes of one value each. */
export const cifar = (heads: readonly number[], planes: readonly [number, number, number] = [1, 2, 3]): Buffer =>
  Buffer.concat([Buffer.from(heads), ...planes.map((value) => Buffer.alloc(1024, value))]);

/** Writes files into the folders of their names. */
export const writeFiles = (place: (name: string) => string, files: Readonly<Record<string, Uint8Array>>): void => {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(place(name)), { recursive: true });
    writeFileSync(place(name), bytes);
  }
};

/** The first value of each image. */
export const firsts = ({ bytes, count }: { readonly bytes: Uint8Array; readonly count: number }): number[] =>
  Array.from({ length: count }, (_, n) => bytes[(n * bytes.length) / count] as number);

/** Small PNGs at some paths: the first has the value 1, and so on. */
export const pngsAt = async (paths: readonly string[]): Promise<Record<string, Buffer>> =>
  Object.fromEntries(await Promise.all(paths.map(async (path, n) => [path, await png(n + 1)] as const)));
