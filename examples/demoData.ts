import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Model } from 'tfjs-boomerang';
import { openImages, readImage, withLabels } from 'tfjs-boomerang';
import { findData } from './classifier/data.ts';

/** Images in [0, 1] with their classes, and where they came from. */
export type DemoData = {
  readonly images: readonly Float32Array[];
  readonly labels: readonly number[];
  readonly source: string;
};

/**
 * The first `count` test images from the place that was named, `$BOOMERANG_DATA`, or an earlier download of
 * Fashion-MNIST; else the images that the shipped model drew itself.
 */
export const openDemoData = async (model: Model, count: number, named?: string): Promise<DemoData> => {
  const place = findData(named);
  return place === undefined ? readDrawn(model) : readTestImages(model, count, place);
};

const readTestImages = async (model: Model, count: number, place: string): Promise<DemoData> => {
  const [height, width, channels] = model.imageShape;
  const found = await openImages(place, { part: 'test', size: [height, width], channels });
  const labels = withLabels(found, place).labels.slice(0, count);
  const images = labels.map((_, n) => found.pixels(n).map((value) => (value + 1) / 2));
  return { images, labels, source: `${images.length} real test images from ${place}` };
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
