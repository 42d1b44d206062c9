import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';

/** What data sets are made of; here it must be an image tensor, or an array or object that holds one. */
export type Element = tf.TensorContainer;

/** The images of an element, and how to put others in their place. */
export type Found = {
  readonly images: tf.Tensor3D | tf.Tensor4D;
  /** A copy of the element with other images in it; everything else is the same object as before. */
  replace(images: tf.TensorContainer): Element;
};

/**
 * Finds the images of an element: the element itself, `[images, ...]`, or the entry at `key` of an object.
 *
 * @throws ArgumentError `no-images` if there is no tensor, `bad-image-shape` for one that is not rank 3 or 4.
 */
export const findImages = (element: Element, key: string): Found => {
  if (element instanceof tf.Tensor) return { images: checkRank(element), replace: (images) => images };
  if (Array.isArray(element)) {
    const [first, ...rest] = element;
    if (first instanceof tf.Tensor) return { images: checkRank(first), replace: (images) => [images, ...rest] };
    throw new ArgumentError(
      'no-images',
      `an array must begin with its images, a tensor; it begins with a ${typeof first}`,
    );
  }
  if (element === null || typeof element !== 'object') {
    throw new ArgumentError('no-images', `an element must be a tensor, or hold one; got a ${typeof element}`);
  }
  const entries = element as tf.TensorContainerObject;
  const images = entries[key];
  if (images instanceof tf.Tensor) {
    return { images: checkRank(images), replace: (others) => ({ ...entries, [key]: others }) };
  }
  const keys = Object.keys(entries).join(', ');
  throw new ArgumentError(
    'no-images',
    `no tensor at "${key}" of the element; name one of its keys with { image }: ${keys}`,
  );
};

const checkRank = (images: tf.Tensor): tf.Tensor3D | tf.Tensor4D => {
  if (images.rank === 3 || images.rank === 4) return images as tf.Tensor3D | tf.Tensor4D;
  const rule = 'images must be [height, width, channels] or [N, height, width, channels]';
  throw new ArgumentError('bad-image-shape', `${rule}, got [${images.shape}]`);
};

/** All tensors of an element, at any depth. */
export const tensorsIn = (element: Element): tf.Tensor[] => {
  if (element instanceof tf.Tensor) return [element];
  if (element === null || typeof element !== 'object' || ArrayBuffer.isView(element)) return [];
  return Object.values(element).flatMap((part) => tensorsIn(part as Element));
};

/** An element with tensors of its own; everything else is shared. */
export const cloneElement = <E extends Element>(element: E): E => {
  if (element instanceof tf.Tensor) return tf.clone(element) as tf.Tensor as E;
  if (element === null || typeof element !== 'object' || ArrayBuffer.isView(element)) return element;
  if (Array.isArray(element)) return element.map((part) => cloneElement(part)) as E;
  return Object.fromEntries(Object.entries(element).map(([key, part]) => [key, cloneElement(part as Element)])) as E;
};
