import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { memoryFolder } from '../../checkpoints/folder.ts';
import type { Model } from '../../models/model.ts';
import { openModel } from '../../models/openModel.ts';
import { boomerang } from '../../returns/boomerang.ts';
import { contactSheet } from '../contactSheet.ts';
import { type ImageSet, someImages } from '../data/imageSet.ts';
import { writeWhole } from '../output.ts';
import { type EpsilonError, epsilonError } from './epsilonError.ts';
import { type DenoiserParts, modelFiles } from './modelFiles.ts';

export type LookOptions = { readonly seed: string | number; readonly out: string; readonly title: string };

export const SHEET_FILE = 'samples.png';

const SHOWN = 6;
const STEPS = 20;
const COLUMNS = [
  { header: 'strength 0.2', strength: 0.2, variants: [0, 1] },
  { header: 'strength 0.4', strength: 0.4, variants: [0, 1] },
  { header: 'samples', strength: 1, variants: [0, 1, 2] },
] as const;

/**
 * Looks at what a network has learned so far: its error on held-out images, and a sheet of boomerangs and of samples.
 * It runs on the backend that is set and leaves nothing behind.
 */
export const look = async (
  parts: DenoiserParts,
  heldOut: ImageSet,
  { seed, out, title }: LookOptions,
): Promise<EpsilonError> => {
  const model = await openModel(memoryFolder(out, modelFiles(parts)));
  try {
    const found = await epsilonError(model, heldOut, { seed, labels: model.labels && heldOut.labels });
    await writeWhole(join(out, SHEET_FILE), await drawSheet(model, heldOut, { seed, title }));
    return found;
  } finally {
    model.dispose();
  }
};

const drawSheet = async (
  model: Model,
  heldOut: ImageSet,
  { seed, title }: Omit<LookOptions, 'out'>,
): Promise<Uint8Array> => {
  const shown = someImages(heldOut, firstOfEachClass(heldOut));
  const { count, imageShape } = shown;
  const pixels = Float32Array.from(shown.bytes, (byte) => byte / 255);
  const size = pixels.length / count;
  const cut = (values: Float32Array): Float32Array[] =>
    Array.from({ length: count }, (_, n) => values.slice(n * size, (n + 1) * size));
  const columns = [cut(pixels)];
  const images = tf.tensor4d(pixels, [count, ...imageShape]);
  try {
    for (const { strength, variants } of COLUMNS) {
      for (const variant of variants) {
        const labels = strength === 1 && model.labels && shown.labels ? { labels: shown.labels } : {};
        const made = await boomerang(model, images, { seed, strength, steps: STEPS, variant, ...labels });
        columns.push(cut(await made.data<'float32'>()));
        made.dispose();
      }
    }
  } finally {
    images.dispose();
  }
  const headers = COLUMNS.map(({ header, variants }) => ({ header, count: variants.length }));
  const rows = Array.from({ length: count }, (_, n) => ({
    ...labelOf(shown, n),
    images: columns.map((column) => column[n] as Float32Array),
  }));
  return contactSheet({ shape: imageShape, title, columns: [{ header: 'held out', count: 1 }, ...headers], rows });
};

const labelOf = ({ labels, classes }: ImageSet, n: number): { readonly label?: string } =>
  labels && classes ? { label: classes[labels[n] as number] ?? String(labels[n]) } : {};

/** Places of images to show: of different classes, as far as there are. */
const firstOfEachClass = ({ labels, count }: ImageSet): number[] => {
  const places = Array.from({ length: count }, (_, n) => n);
  const firsts = labels ? places.filter((n) => labels.indexOf(labels[n] as number) === n) : [];
  return [...new Set([...firsts, ...places])].slice(0, SHOWN);
};
