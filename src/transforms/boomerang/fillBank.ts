import * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import { ArgumentError } from '../../errors.ts';
import { driveAsync } from '../../returns/drive.ts';
import { shapeOf } from '../../returns/images.ts';
import { tell } from '../../warn.ts';
import { disposeUnshared, type Element, findImages } from '../elements.ts';
import { changeElement } from './changeElement.ts';
import type { Ledger } from './ledger.ts';
import type { AugmentSetup } from './setup.ts';

/** What a bank takes of memory or disk, in bytes, records and the variants that filters reject not counted. */
export const bankNeeds = ({ bank, options }: AugmentSetup, images: number): number => {
  const [height, width, channels] = options.model.imageShape;
  return images * (bank?.variants ?? 0) * height * width * channels * Float32Array.BYTES_PER_ELEMENT;
};

/**
 * Says what a bank needs, before anything is put into it: for so many images, or, where nobody knows how many there
 * are, for every thousand.
 *
 * @throws ArgumentError `bank-full` where it has not got that.
 */
export const announceBank = (setup: AugmentSetup, images?: number): void => {
  const { bank } = setup;
  if (!bank || bank.isComplete) return;
  const has = bank.maxBytes ?? Number.POSITIVE_INFINITY;
  const [bytes, whole] = [bankNeeds(setup, images ?? 1000), images === undefined ? 'every 1000' : images];
  const needs = `a bank of ${bank.variants} variants of ${whole} images needs ${megabytes(bytes)}`;
  if (images !== undefined && bytes > has) {
    throw new ArgumentError('bank-full', `${needs} and may hold ${megabytes(has)}; raise maxBytes, or keep fewer`);
  }
  tell(Number.isFinite(has) ? `${needs}, and may hold ${megabytes(has)}` : needs);
};

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 3 : 1)} MiB`;

/**
 * Makes every variant of every selected image of a data set, so that training need not wait for them.
 *
 * @param ledger counts what that takes; none of the epochs does.
 * @throws ArgumentError `bad-bank` without one, `bank-full`.
 */
export const fillBank = async (setup: AugmentSetup, ledger: Ledger, dataset: Dataset<Element>): Promise<void> => {
  const { bank } = setup;
  if (!bank) throw new ArgumentError('bad-bank', 'there is no bank to fill; make the augmenter with { bank: 4 }, say');
  let isAnnounced = false;
  const fill = async (element: Element): Promise<number> => {
    try {
      if (!isAnnounced) announceBank(setup, (dataset.size ?? 1) * imagesIn(setup, element));
      isAnnounced = true;
      for (let banked = 0; banked < bank.variants; banked += 1) {
        const { element: made } = await driveAsync(changeElement(setup, ledger, element, { epoch: 0, banked }));
        disposeUnshared(made, element);
      }
      return bank.variants;
    } catch (error) {
      tf.dispose(element); // mapAsync would lose it
      throw error;
    }
  };
  await dataset.mapAsync(fill).forEachAsync(() => {});
};

const imagesIn = ({ naming }: AugmentSetup, element: Element): number => {
  const { images } = findImages(element, naming.image);
  return images.size / shapeOf(images).reduce((product, size) => product * size, 1);
};
