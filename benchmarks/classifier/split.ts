import type { ImageSet } from 'tfjs-boomerang';
import { shuffled } from '../../src/random.ts';

/** Places of training images: those that are held out to measure on while choosing, and all others. */
export type Split = { readonly validation: readonly number[]; readonly rest: readonly number[] };

/** Holds out validation images, the same for all arms, seeds and label counts. */
export const holdOut = ({ count }: ImageSet, validation: number): Split => {
  const order = shuffled(
    Array.from({ length: count }, (_, place) => place),
    ['classifier benchmark', 'validation'],
  );
  return { validation: order.slice(0, validation), rest: order.slice(validation) };
};

/** Whether a class has fewer labels where labels are uneven: every second one. */
export const isRare = (label: number): boolean => label % 2 === 1;

/** The labelled images of a seed: so many of each class. Those of a smaller count are among those of a larger one. */
export const labelledPlaces = (
  { labels = [], classes = [] }: ImageSet,
  rest: readonly number[],
  {
    seed,
    perClass,
    rare = 1,
  }: { readonly seed: number; readonly perClass: number; readonly rare?: number | undefined },
): readonly number[] => {
  const order = shuffled(rest, ['classifier benchmark', 'labelled', seed]);
  const count = (label: number): number => (isRare(label) ? Math.max(1, Math.round(rare * perClass)) : perClass);
  return classes.flatMap((_, label) => order.filter((place) => labels[place] === label).slice(0, count(label)));
};
