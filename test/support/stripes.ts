import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageSet } from '../../src/node/data/imageSet.ts';
import { type LabelledImages, withLabels } from '../../src/node/data/labelledImages.ts';
import { uniformStream } from '../../src/random.ts';

const SIDE = 28;

/** Images that any classifier can tell apart: a bright stripe, upright in class 0 and lying in class 1, and noise. */
export const stripes = (count: number): LabelledImages => {
  const bytes = new Uint8Array(count * SIDE * SIDE);
  const next = uniformStream(['stripes']);
  const labels = Array.from({ length: count }, (_, n) => n % 2);
  for (const [n, label] of labels.entries()) {
    const middle = 8 + Math.floor(12 * next());
    for (let i = 0; i < SIDE * SIDE; i += 1) {
      const across = label === 0 ? i % SIDE : Math.floor(i / SIDE);
      bytes[n * SIDE * SIDE + i] = (Math.abs(across - middle) < 4 ? 200 : 0) + Math.floor(40 * next());
    }
  }
  return withLabels(imageSet({ bytes, imageShape: [SIDE, SIDE, 1], labels, classes: ['0', '1'] }), 'stripes');
};

const idx = (shape: readonly number[], data: Uint8Array): Buffer => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * axis);
  return Buffer.concat([header, data]);
};

/** Writes images as the training part of a data set in IDX files. */
export const writeIdx = (folder: string, { bytes, labels }: LabelledImages): string => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'train-images-idx3-ubyte'), idx([labels.length, SIDE, SIDE], bytes));
  writeFileSync(join(folder, 'train-labels-idx1-ubyte'), idx([labels.length], Uint8Array.from(labels)));
  return folder;
};
