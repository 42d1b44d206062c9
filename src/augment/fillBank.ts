import * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import { ArgumentError } from '../errors.ts';
import { augmentElement } from './augmentElement.ts';
import type { AugmentSetup } from './augmentSetup.ts';
import { driveAsync } from './drive.ts';
import { type Element, tensorsIn } from './elements.ts';
import type { Ledger } from './ledger.ts';

/**
 * Makes every variant of every selected image of a data set, so that training need not wait for them.
 *
 * @param ledger counts what that takes; none of the epochs does.
 * @throws ArgumentError `bad-bank` without one.
 */
export const fillBank = async (setup: AugmentSetup, ledger: Ledger, dataset: Dataset<Element>): Promise<void> => {
  const { bank = 0, model } = setup.options;
  if (bank === 0)
    throw new ArgumentError('bad-bank', 'there is no bank to fill; make the augmenter with { bank: 4 }, say');
  const fill = async (element: Element): Promise<number> => {
    const given = new Set(tensorsIn(element));
    for (let banked = 0; banked < bank; banked += 1) {
      const work = augmentElement(setup, ledger, { element, epoch: 0, banked });
      const result = await driveAsync(work, model);
      tf.dispose(tensorsIn(result.element).filter((tensor) => !given.has(tensor)));
    }
    return bank;
  };
  await dataset.mapAsync(fill).forEachAsync(() => {});
};
