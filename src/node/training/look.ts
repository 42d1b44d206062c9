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

export type LookOptions = {
  readonly seed: string | number;
  readonly out: string;
  readonly title: string;
  readonly size: LookSize;
  /** So many images go through the network at a time. */
  readonly batchSize: number;
  readonly signal?: AbortSignal | undefined;
};

/** How much is looked at. */
export type LookSize = {
  /** Images whose error is measured. */
  readonly held: number;
  /** Denoising steps of what the sheet shows; 0 for no sheet. */
  readonly sheetSteps: number;
};

export const SHEET_FILE = 'samples.png';

const SHOWN = 6;
const MOST_MEASURED = 64;
/** Denoising steps of what the sheet shows, where there is time. */
export const SHEET_STEPS = 20;
const COLUMNS = [
  { header: 'strength 0.2', strength: 0.2, variants: [0, 1] },
  { header: 'strength 0.4', strength: 0.4, variants: [0, 1] },
  { header: 'samples', strength: 1, variants: [0, 1, 2] },
] as const;

/** How many images go through the network in each of the sheet's steps. */
export const SHEET_EVALUATIONS = SHOWN * COLUMNS.reduce((sum, { variants }) => sum + variants.length, 0);

/**
 * Looks at what a network has learned so far: its error on held-out images, and a sheet of boomerangs and of samples.
 * It runs on the backend that is set and leaves nothing behind.
 *
 * @throws ArgumentError `diverged` for an error that is not finite; whatever the signal was aborted with.
 */
export const look = async (parts: DenoiserParts, heldOut: ImageSet, options: LookOptions): Promise<EpsilonError> => {
  const { seed, out, size, batchSize, signal } = options;
  const model = await openModel(memoryFolder(out, modelFiles(parts)));
  try {
    const found = await epsilonError(model, heldOut, {
      seed,
      labels: model.labels && heldOut.labels,
      batchSize: Math.min(MOST_MEASURED, batchSize),
      places: Array.from({ length: size.held }, (_, n) => n),
      ...(signal ? { signal } : {}),
    });
    if (size.sheetSteps > 0) await writeWhole(join(out, SHEET_FILE), await drawSheet(model, heldOut, options));
    return found;
  } finally {
    model.dispose();
  }
};

const drawSheet = async (model: Model, heldOut: ImageSet, options: LookOptions): Promise<Uint8Array> => {
  const shown = someImages(heldOut, firstOfEachClass(heldOut, SHOWN));
  const groups = Array.from({ length: Math.ceil(shown.count / options.batchSize) }, (_, n) =>
    someImages(shown, placesFrom(n * options.batchSize, Math.min(shown.count, (n + 1) * options.batchSize))),
  );
  const rows: (readonly Float32Array[])[] = [];
  for (const group of groups) rows.push(...(await rowsOf(model, group, options)));
  const headers = COLUMNS.map(({ header, variants }) => ({ header, count: variants.length }));
  return contactSheet({
    shape: shown.imageShape,
    title: options.title,
    columns: [{ header: 'held out', count: 1 }, ...headers],
    rows: rows.map((images, n) => ({ ...labelOf(shown, n), images })),
  });
};

/** For every image what stands in its row: itself, its variants, and samples of its class. */
const rowsOf = async (
  model: Model,
  shown: ImageSet,
  { seed, size: { sheetSteps: steps }, signal }: LookOptions,
): Promise<Float32Array[][]> => {
  const { count, imageShape } = shown;
  const pixels = Float32Array.from(shown.bytes, (byte) => byte / 255);
  const cut = (values: Float32Array): Float32Array[] =>
    placesFrom(0, count).map((n) => values.slice((n * values.length) / count, ((n + 1) * values.length) / count));
  const columns = [cut(pixels)];
  const images = tf.tensor4d(pixels, [count, ...imageShape]);
  try {
    for (const { strength, variants } of COLUMNS) {
      for (const variant of variants) {
        const labels = strength === 1 && model.labels && shown.labels ? { labels: shown.labels } : {};
        const way = { seed, strength, steps, variant, ...labels, ...(signal ? { signal } : {}) };
        const made = await boomerang(model, images, way);
        columns.push(cut(await made.data<'float32'>()));
        made.dispose();
      }
    }
  } finally {
    images.dispose();
  }
  return placesFrom(0, count).map((n) => columns.map((column) => column[n] as Float32Array));
};

const placesFrom = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, n) => start + n);

export const labelOf = ({ labels, classes }: ImageSet, n: number): { readonly label?: string } =>
  labels && classes ? { label: classes[labels[n] as number] ?? String(labels[n]) } : {};

/** Places of images to show: of different classes, as far as there are. */
export const firstOfEachClass = ({ labels, count }: ImageSet, most: number): number[] => {
  const places = placesFrom(0, count);
  const firsts = labels ? places.filter((n) => labels.indexOf(labels[n] as number) === n) : [];
  return [...new Set([...firsts, ...places])].slice(0, most);
};
