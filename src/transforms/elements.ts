import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';

/** What data sets are made of; here it must be an image tensor, or an array or object that holds one. */
export type Element = tf.TensorContainer;

/** Where something lies in an element: a key, an index, or several with dots between them, as in `xs.image`. */
export type Place = string | number;

/** The images of an element, and how to put others in their place. */
export type Found = {
  readonly images: tf.Tensor3D | tf.Tensor4D;
  /** A copy of the element with other images in it; everything else is the same object as before. */
  replace(images: tf.TensorContainer): Element;
};

/**
 * Finds the images of an element: the element itself, or what lies at a place of it.
 *
 * @param place by default `xs` of objects, and the first entry of arrays.
 * @throws ArgumentError `no-images` if there is no tensor, `bad-image-shape` for one that is not rank 3 or 4.
 */
export const findImages = (element: Element, place?: Place): Found => {
  if (element instanceof tf.Tensor) return { images: checkRank(element), replace: (images) => images };
  if (element === null || typeof element !== 'object') {
    throw new ArgumentError('no-images', `an element must be a tensor, or hold one; got a ${typeof element}`);
  }
  const at = place ?? (Array.isArray(element) ? 0 : 'xs');
  const images = valueAt(element, at);
  if (images instanceof tf.Tensor) {
    return { images: checkRank(images), replace: (others) => putAt(element, at, others) };
  }
  throw noImages(element, at);
};

const noImages = (element: object, at: Place): ArgumentError => {
  const [places, keys] = [placesOf(element), Object.keys(element).join(', ')];
  const remedy =
    places.length === 0
      ? 'and no tensor anywhere in it'
      : `and tensors at ${places.join(', ')}; say where the images are, { image: "${places[0]}" }`;
  const holds = Array.isArray(element) ? `a ${typeof element[0]} first` : keys;
  return new ArgumentError('no-images', `no tensor at "${at}" of the element, which has: ${holds}; ${remedy}`);
};

const checkRank = (images: tf.Tensor): tf.Tensor3D | tf.Tensor4D => {
  if (images.rank === 3 || images.rank === 4) return images as tf.Tensor3D | tf.Tensor4D;
  const rule = 'images must be [height, width, channels] or [N, height, width, channels]';
  throw new ArgumentError('bad-image-shape', `${rule}, got [${images.shape}]`);
};

type Parts = Readonly<Record<string, unknown>>;

/** What lies at a place of an element; undefined if nothing does. */
export const valueAt = (element: Element, place: Place): unknown => stepsTo(element, place).reduce(stepInto, element);

const stepInto = (value: unknown, step: string): unknown => (isParts(value) ? value[step] : undefined);

const isParts = (value: unknown): value is Parts =>
  typeof value === 'object' && value !== null && !(value instanceof tf.Tensor) && !ArrayBuffer.isView(value);

/** A key that has dots in it is one step. */
const stepsTo = (element: unknown, place: Place): readonly string[] =>
  isParts(element) && Object.hasOwn(element, place) ? [String(place)] : String(place).split('.');

/** A copy of an element with something else at a place; everything beside it is the same object as before. */
export const putAt = (element: Element, place: Place, value: tf.TensorContainer): Element =>
  put(element, stepsTo(element, place), value);

const put = (element: Element, [step, ...rest]: readonly string[], value: tf.TensorContainer): Element => {
  if (step === undefined) return value;
  const inner = put((element as Record<string, Element>)[step] as Element, rest, value);
  if (Array.isArray(element)) return element.map((part, n) => (n === Number(step) ? inner : part));
  return { ...(element as tf.TensorContainerObject), [step]: inner };
};

/** The places of an element at which tensors lie. */
export const placesOf = (element: unknown, before = ''): string[] => {
  if (element instanceof tf.Tensor) return [before.slice(0, -1)];
  if (!isParts(element)) return [];
  return Object.entries(element).flatMap(([step, part]) => placesOf(part, `${before}${step}.`));
};

/** All tensors of an element, at any depth. */
export const tensorsIn = (element: unknown): tf.Tensor[] => {
  if (element instanceof tf.Tensor) return [element];
  return isParts(element) ? Object.values(element).flatMap(tensorsIn) : [];
};

/** Disposes the tensors of one element that another one does not hold as well. */
export const disposeUnshared = (element: unknown, other: unknown): void => {
  const kept = new Set(tensorsIn(other));
  tf.dispose(tensorsIn(element).filter((tensor) => !kept.has(tensor)));
};

/** An element with tensors of its own; everything else is shared. */
export const cloneElement = <E extends Element>(element: E): E => {
  if (element instanceof tf.Tensor) return tf.clone(element) as tf.Tensor as E;
  if (!isParts(element)) return element;
  if (Array.isArray(element)) return element.map((part) => cloneElement(part)) as unknown as E;
  const parts = Object.entries(element).map(([key, part]) => [key, cloneElement(part as Element)]);
  return Object.fromEntries(parts) as E;
};
