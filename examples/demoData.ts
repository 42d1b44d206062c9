import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Model } from 'tfjs-boomerang';
import { readIdxDataset, readImage, userCacheFolder } from 'tfjs-boomerang';

/** Images in [0, 1] with their classes, and where they came from. */
export type DemoData = {
  readonly images: readonly Float32Array[];
  readonly labels: readonly number[];
  readonly source: string;
};

/**
 * The first `count` test images of Fashion-MNIST, from the folder that was named, `$BOOMERANG_DATA`, or an earlier
 * download in the user's cache folder; else the images that the shipped model drew itself.
 */
export const openDemoData = async (model: Model, count: number, named?: string): Promise<DemoData> => {
  const cached = userCacheFolder('fashion-mnist');
  const folder = named ?? process.env['BOOMERANG_DATA'] ?? (existsSync(cached) ? cached : undefined);
  return folder === undefined ? readDrawn(model) : readFashionMnist(folder, count);
};

const readFashionMnist = async (folder: string, count: number): Promise<DemoData> => {
  const { images, labels, height, width } = await readIdxDataset(folder, 'test');
  const size = height * width;
  return {
    images: Array.from({ length: count }, (_, n) =>
      Float32Array.from(images.subarray(n * size, (n + 1) * size), (pixel) => pixel / 255),
    ),
    labels: [...labels.subarray(0, count)],
    source: `${count} real test images of Fashion-MNIST from ${folder}`,
  };
};

const readDrawn = async (model: Model): Promise<DemoData> => {
  const folder = join(import.meta.dirname, 'images');
  const paths = (await readdir(folder)).filter((name) => name.endsWith('.png')).map((name) => join(folder, name));
  return {
    images: await Promise.all(paths.map((path) => readImage(path, model.imageShape))),
    labels: paths.map((path) => Number(basename(path).split('-')[0])),
    source:
      `${paths.length} images that the shipped model drew itself, not photographs; ` +
      'for real ones: npm run demo -- --data DIR, a folder with the IDX files of Fashion-MNIST',
  };
};
