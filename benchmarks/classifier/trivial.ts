import type * as tf from '@tensorflow/tfjs-core';
import type { AugmentOptions, Transform } from 'tfjs-boomerang';
import { type SeedPath, uniform } from '../../src/random.ts';
import { applyPlans } from '../../src/transforms/classical/applyPlans.ts';
import { planImage } from '../../src/transforms/classical/planImage.ts';
import { findImages } from '../../src/transforms/elements.ts';
import { makeTransform } from '../../src/transforms/makeTransform.ts';
import { namesOf } from '../../src/transforms/naming.ts';

type TrivialOptions = { readonly seed: number; readonly keys: NonNullable<AugmentOptions['keys']> };

/**
 * One change for each image, of any strength: TrivialAugment, with the ten changes of `randAugment`. It is here and not
 * in the package, as it was not ahead where it was tried.
 *
 * @see Müller and Hutter 2021, arXiv:2103.10158.
 */
export const trivialAugment = ({ seed, keys }: TrivialOptions): Transform =>
  makeTransform({
    kind: 'trivial',
    naming: { keys },
    keepsImages: false,
    *change(element, { epoch, names: given }) {
      const names = given ?? (yield* namesOf({ keys }, element));
      const { images, replace } = findImages(element);
      const plans = names.map((name) => {
        const path: SeedPath = [seed, name, 'trivial', epoch];
        const magnitude = 10 * uniform([...path, 'magnitude']);
        return planImage(path, images.shape.slice(1) as [number, number, number], { randAugment: { n: 1, magnitude } });
      });
      const changed = applyPlans(images as tf.Tensor4D, plans, { range: '0..1', fill: 'black' });
      return { element: replace(changed), names };
    },
    stats: () => ({}),
    state: () => ({}),
    restore: () => undefined,
  });
