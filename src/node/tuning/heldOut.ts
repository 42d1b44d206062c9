import { ArgumentError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import { uniformStream } from '../../random.ts';
import { classesOf } from '../../returns/aim.ts';
import type { LabelledImages } from '../data/labelledImages.ts';
import { namesClass, type Way } from './way.ts';

/** Places of training images: those a classifier may learn from, and those that it never sees. */
export type Split = { readonly training: readonly number[]; readonly validation: readonly number[] };

/** A tenth is held out, and never more than this. */
const MOST_VALIDATION = 5000;

/** How many of so many images are held out. */
export const heldOutOf = (count: number): number => Math.min(MOST_VALIDATION, Math.ceil(count / 10));

/** Holds out training images, always the same ones of as many, in an order that depends on nothing else. */
export const holdOut = (count: number): Split => {
  const next = uniformStream(['tune', 'held out', count]);
  const draws = Array.from({ length: count }, (_, place) => ({ place, draw: next() }));
  const order = draws.sort((a, b) => a.draw - b.draw).map(({ place }) => place);
  const held = heldOutOf(count);
  return { validation: order.slice(0, held), training: order.slice(held).sort((a, b) => a - b) };
};

/** @throws ArgumentError `bad-images` when fewer are held out than asked for. */
export const checkImages = (asked: number, { validation, training }: Split): void => {
  if (asked <= validation.length) return;
  const rule = `images must be at most ${validation.length}, a tenth of ${validation.length + training.length} training images`;
  throw new ArgumentError('bad-images', `${rule} is held out; got ${asked}`);
};

type Classes = Pick<LabelledImages, 'classes'>;

/** Names for people: those of the model where it has as many classes as the data. */
export const classNames = ({ classes }: Classes, model: Model): readonly string[] => {
  const isNumbered = classes.every((name, label) => name === String(label));
  const known = classesOf(model);
  return isNumbered && known?.length === classes.length ? known : classes;
};

/**
 * By which number a model is told of each class: its own; that of the data for a model which hears of classes in its
 * prompt alone.
 *
 * @throws ArgumentError `bad-label` for a class that the model does not know.
 */
export const toldLabels = (data: Classes, model: Model): readonly number[] =>
  model.labels ? modelLabels(data, model) : data.classes.map((_, label) => label);

/** A way with the names by which its prompt calls classes, by the numbers that `toldLabels` gives them. */
export const namingClasses = (way: Way, { classes }: Partial<Classes>, model: Model): Way =>
  namesClass(way) && classes && !model.labels ? { ...way, classes: classNames({ classes }, model) } : way;

/**
 * The model's label of each class: by name, or by number where the data has no names.
 *
 * @throws ArgumentError `bad-label` for a class that the model does not know.
 */
export const modelLabels = (data: Classes, model: Model): readonly number[] => {
  const { labels } = model;
  if (!labels) throw new ArgumentError('bad-label', 'the model has no classes; leave out --conditional');
  return classNames(data, model).map((name, n) => {
    const named = labels.classes?.indexOf(name) ?? -1;
    if (named >= 0) return named;
    if (name === String(n) && n < labels.count && n !== labels.nullLabel) return n;
    const known = labels.classes ? `it knows: ${labels.classes.join(', ')}` : `it knows 0 to ${labels.count - 1}`;
    throw new ArgumentError('bad-label', `the model has no class "${name}"; ${known}`);
  });
};
