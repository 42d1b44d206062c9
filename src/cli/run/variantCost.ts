import * as tf from '@tensorflow/tfjs-core';
import { BATCH } from '../../calibrate/variants.ts';
import { asNumbers } from '../../node/data/fitImage.ts';
import { firstImages } from '../../node/runs/firstImages.ts';
import { labelling } from '../../node/runs/labelling.ts';
import type { ReadImage } from '../../node/runs/readImages.ts';
import { namesClass } from '../../node/tuning/way.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { resizePixels } from '../../tensors/resize.ts';
import type { Cost } from '../cost.ts';
import { costOfReturns } from '../returnCost.ts';
import type { Asked } from './asked.ts';
import type { Running } from './running.ts';

/** What it takes to throw and return images so many times; 0 where none of them can be read. */
export const costOfVariants = async (
  { plan, asked, way, model, place }: Running,
  count: number,
): Promise<Omit<Cost, 'memoryBytes'>> => {
  const { imageShape } = model;
  const images = await firstImages(place.opened.source, { count: BATCH, channels: imageShape[2] });
  if (images.length === 0) return { evaluations: 0, seconds: 0 };
  const strengths = strengthsOf(asked.strength);
  const labels = labelsOf({ plan, asked, way, model }, images);
  const batch = batchOf(images, imageShape);
  const timed = { images: batch, way, strengths, variants: 1 / strengths.length, count, labels };
  return costOfReturns(model, timed).finally(() => batch.dispose());
};

/** What a strength is on average: of a list, each as often; of a range, its middle. */
const strengthsOf = (strength: Asked['strength']): readonly number[] => {
  if (typeof strength === 'number') return [strength];
  return 'from' in strength ? [(strength.from + strength.to) / 2] : strength;
};

type Telling = Pick<Running, 'plan' | 'asked' | 'way' | 'model'>;

/** What images are returned to, where that is their class. */
const labelsOf = ({ plan, asked, way, model }: Telling, images: readonly ReadImage[]): number[] | undefined => {
  const { classes } = plan.data;
  const { conditional = false } = asked.augment;
  if (!classes || !(conditional || namesClass(way))) return undefined;
  const { told } = labelling(classes, model, conditional);
  return images.map(({ className }) => told[classes.indexOf(className as string)] as number);
};

/** In [0, 1] and the size of the model. */
const batchOf = (images: readonly ReadImage[], imageShape: ImageShape): tf.Tensor4D => {
  const fitted = images.map(({ pixels, shape }) =>
    resizePixels(asNumbers(pixels), shape, [imageShape[0], imageShape[1]]),
  );
  return tf.tidy(() => tf.stack(fitted.map((one) => tf.tensor3d(one, [...imageShape]))) as tf.Tensor4D);
};
