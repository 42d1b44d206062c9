import * as tf from '@tensorflow/tfjs-core';
import { type Dataset, generator } from '@tensorflow/tfjs-data';
import { ArgumentError, isCount } from '../../errors.ts';
import { shuffled } from '../../random.ts';
import { classRows } from './classRows.ts';
import { type PackedImages, pixelsAt } from './pixels.ts';

export type DatasetOptions = {
  /** Images in an element; the last one may have fewer. @defaultValue none: each image is an element */
  readonly batch?: number;
  /** A seed: every pass has an order of its own, and equal seeds give equal orders. @defaultValue the order of the set */
  readonly shuffle?: string | number;
};

/** An element: `xs` [height, width, channels] or [n, height, width, channels]; `ys` [classes] or [n, classes]. */
export type LabelledElement = { xs: tf.Tensor; ys: tf.Tensor };
/** The same for images that may have no classes. */
export type ImageElement = { xs: tf.Tensor; ys?: tf.Tensor };

type Images = PackedImages & {
  readonly count: number;
  readonly labels?: readonly number[];
  readonly classes?: readonly string[];
};

/** @throws ArgumentError `bad-batch` */
export const imageDataset = (images: Images, { batch, shuffle }: DatasetOptions): Dataset<ImageElement> => {
  if (batch !== undefined && !isCount(batch)) {
    throw new ArgumentError('bad-batch', `batch must be a whole number of at least 1, got ${batch}`);
  }
  const each = batch ?? 1;
  let passes = 0;
  const elements = function* (): Generator<ImageElement> {
    const inOrder = Array.from({ length: images.count }, (_, place) => place);
    const order = shuffle === undefined ? inOrder : shuffled(inOrder, [shuffle, 'order', passes++]);
    for (let at = 0; at < order.length; at += each) {
      const whole = elementOf(images, order.slice(at, at + each));
      yield batch === undefined ? withoutBatch(whole) : whole;
    }
  };
  const dataset = generator(elements as never) as unknown as Dataset<ImageElement>; // typed for iterators, takes generators
  return Object.assign(dataset, { size: Math.ceil(images.count / each) });
};

const elementOf = (images: Images, places: readonly number[]): ImageElement => {
  const { imageShape, labels, classes } = images;
  const xs = tf.tensor4d(pixelsAt(images, places), [places.length, ...imageShape]);
  if (!labels || !classes) return { xs };
  const own = places.map((place) => labels[place] as number);
  return { xs, ys: classRows(own, classes.length) };
};

const withoutBatch = ({ xs, ys }: ImageElement): ImageElement => {
  const one = { xs: tf.squeeze(xs, [0]), ...(ys ? { ys: tf.squeeze(ys, [0]) } : {}) };
  tf.dispose(ys ? [xs, ys] : [xs]);
  return one;
};
