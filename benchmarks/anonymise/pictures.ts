import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';

/** Pictures as bytes, one after another, and who is in each. */
export type PictureSet = {
  readonly bytes: Uint8Array;
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly people: readonly string[];
  /** Of each the class, where it is known. */
  readonly labels?: readonly number[];
};

/** Images in [0, 1], owned by the caller. */
export const imagesOf = (
  { bytes, shape }: Pick<PictureSet, 'bytes' | 'shape'>,
  places: readonly number[],
): tf.Tensor4D => {
  const size = shape[0] * shape[1] * shape[2];
  const values = new Float32Array(places.length * size);
  for (const [n, place] of places.entries()) {
    for (let i = 0; i < size; i += 1) values[n * size + i] = (bytes[place * size + i] as number) / 255;
  }
  return tf.tensor4d(values, [places.length, ...shape]);
};

/** As a file would hold them: what is judged is what would be handed on. */
export const bytesOf = async (images: tf.Tensor4D): Promise<Uint8Array> =>
  Uint8Array.from(await images.data(), (value) => Math.round(Math.min(1, Math.max(0, value)) * 255));

/**
 * Two pictures each of people whom a model did not see, where they have two; people with two come first.
 *
 * @param folder with `lfw-64.tar.xz` and `held-out.txt`.
 * @param scratch where the archive is unpacked, unless it is there.
 */
export const readFaces = async (folder: string, scratch: string, most: number): Promise<PictureSet> => {
  const unpacked = join(scratch, 'lfw');
  if (!existsSync(unpacked)) {
    mkdirSync(`${unpacked}.part`, { recursive: true });
    execFileSync('tar', ['xJf', join(folder, 'lfw-64.tar.xz'), '-C', `${unpacked}.part`]);
    execFileSync('mv', [`${unpacked}.part`, unpacked]);
  }
  const names = readFileSync(join(folder, 'held-out.txt'), 'utf8').trim().split('\n');
  const all = names.map((name) => ({ name, files: readdirSync(join(unpacked, name)).sort().slice(0, 2) }));
  const people = [...all.filter(({ files }) => files.length > 1), ...all.filter(({ files }) => files.length === 1)];
  const pictures = people.slice(0, most).flatMap(({ name, files }) => files.map((file) => ({ name, file })));
  const parts: Uint8Array[] = [];
  for (const { name, file } of pictures) {
    parts.push(
      await sharp(join(unpacked, name, file))
        .removeAlpha()
        .raw()
        .toBuffer(),
    );
  }
  return { bytes: Buffer.concat(parts), shape: [64, 64, 3], people: pictures.map(({ name }) => name) };
};
