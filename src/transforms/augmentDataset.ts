import * as tf from '@tensorflow/tfjs-core';
import { type Dataset, generator } from '@tensorflow/tfjs-data';
import * as v from 'valibot';
import { checkOptions, count, type OptionsOf, oneOf } from '../checks.ts';
import { ArgumentError } from '../errors.ts';
import { type Augment, boomerangAugment } from './boomerang/boomerangAugment.ts';
import { augmentEntries } from './boomerang/options.ts';
import { cloneElement, disposeUnshared } from './elements.ts';
import type { EpochLogs } from './epochCallback.ts';
import type { Copy, Transform, TransformState } from './transform.ts';

/** A data set whose images return from the noise, and what is known of them. */
export type AugmentedDataset<T extends tf.TensorContainer, Of extends Transform = Transform> = Dataset<T> & {
  readonly stats: Of['stats'];
  /**
   * Ends an epoch for what is adaptive; the passes count themselves.
   *
   * @param epoch @defaultValue that of the last pass that is over and was not ended, or else of the one under way
   */
  readonly endEpoch: Of['endEpoch'];
  /** Where it stands: with the epoch of the pass that is under way, or, where that has ended, the next one. */
  readonly state: Of['state'];
} & (Of extends Augment ? Pick<Augment, 'onEpoch' | 'log'> : unknown);

const datasetSchema = v.strictObject({
  ...augmentEntries,
  /** As for `boomerangAugment`; `append`: every element is followed by `copies` copies with variants in them. */
  mode: v.optional(oneOf('replace', 'pair', 'append')),
  /** Copies that `append` makes of each element, each with other variants. @defaultValue 1 */
  copies: v.optional(count()),
});

/** @interface */
export type AugmentDatasetOptions = OptionsOf<typeof datasetSchema>;

/**
 * A data set with a transform in it that counts epochs by itself: every pass over it is the next epoch, and an element
 * belongs to the pass that fetched it, however far ahead. It keeps the order of the data set that it is made from, and
 * its size (`copies + 1` times that with `append`; null where that is not known). Follow it with `.repeat()`,
 * `.batch(n)`, and `.prefetch(n)`, which keeps n elements under way.
 *
 * @param how the options of `boomerangAugment`, or a transform, such as `compose` makes.
 * @throws ArgumentError `bad-copies`, `bad-mode`, and what `boomerangAugment` throws.
 */
export function augmentDataset<T extends tf.TensorContainer>(
  dataset: Dataset<T>,
  how: AugmentDatasetOptions,
): AugmentedDataset<T, Augment>;
export function augmentDataset<T extends tf.TensorContainer, Of extends Transform>(
  dataset: Dataset<T>,
  how: Of,
): AugmentedDataset<T, Of>;
export function augmentDataset<T extends tf.TensorContainer>(
  dataset: Dataset<T>,
  how: AugmentDatasetOptions | Transform,
): AugmentedDataset<T> {
  const { transform, copies } = typeof how === 'function' ? { transform: how, copies: 0 } : transformOf(how);
  let [next, current] = [transform.state().epoch, transform.state().epoch];
  let over: number | undefined;
  const { log, onEpoch } = transform as Partial<Pick<Augment, 'log' | 'onEpoch'>>;
  const augmented = generator<T>(async () => {
    let epoch: number | undefined;
    const begun = (): number => {
      if (epoch === undefined) {
        epoch = next; // at the first element: fitDataset opens one iterator that it never reads
        next += 1;
        current = epoch;
        transform.setEpoch(epoch);
      }
      return epoch;
    };
    const pass = (element: T, copy?: Copy): Promise<T> =>
      transform.async(element, { epoch: begun(), ...(copy ? { copy } : {}) });
    const groups = dataset.mapAsync(async (element) =>
      copies > 0 ? withCopies(element, copies, pass) : [await pass(element)],
    );
    const flat = (await groups.iterator()).flatmap((group) => group as T[]);
    const ended = (): void => {
      if (epoch === undefined || epoch !== current) return;
      current = epoch + 1;
      over = epoch;
      transform.stage.passed?.(epoch);
    };
    return watchedEnd(flat as unknown as AsyncElements<T>, sizeOf(dataset, copies), ended) as unknown as Iterator<T>;
  });
  return Object.assign(augmented, {
    size: sizeOf(dataset, copies) as number, // null where it is not known, though the type does not say so
    stats: () => transform.stats(),
    endEpoch(logs?: EpochLogs, epoch = over) {
      over = undefined;
      return transform.endEpoch(logs, epoch);
    },
    state: (): TransformState => ({ ...transform.state(), epoch: current }),
    ...(log ? { log, onEpoch } : {}),
  });
}

const transformOf = (options: AugmentDatasetOptions): { transform: Transform; copies: number } => {
  checkOptions('augmentDataset', datasetSchema, options);
  const { mode, copies, ...rest } = options;
  if (mode !== 'append') {
    if (copies !== undefined) {
      throw new ArgumentError('bad-copies', "copies are made in mode 'append' alone; add { mode: 'append' }");
    }
    return { transform: boomerangAugment(mode === undefined ? rest : { ...rest, mode }), copies: 0 };
  }
  const transform = boomerangAugment(rest);
  const variants = transform.bank?.variants ?? Number.POSITIVE_INFINITY;
  if ((copies ?? 1) > variants) {
    const rule = `a bank of ${variants} variants has no ${copies} different ones for the copies of an epoch`;
    throw new ArgumentError('bad-copies', `${rule}; make fewer copies, or a larger bank`);
  }
  return { transform, copies: copies ?? 1 };
};

const sizeOf = ({ size }: Dataset<tf.TensorContainer>, copies: number): number | null =>
  size === null || size === undefined ? null : size * (copies + 1);

type AsyncElements<T> = { next(): Promise<IteratorResult<T>> };

/** Tells when the last element was handed out, or when there is no other. */
const watchedEnd = <T>(elements: AsyncElements<T>, size: number | null, ended: () => void): AsyncElements<T> => {
  let handed = 0;
  return {
    async next() {
      const result = await elements.next();
      handed += 1;
      if (result.done || handed === size) ended();
      return result;
    },
  };
};

/** An element, and copies of it that have passed, each with tensors of its own; a failure leaves none of them. */
const withCopies = async <T extends tf.TensorContainer>(
  element: T,
  copies: number,
  pass: (element: T, copy: Copy) => Promise<T>,
): Promise<T[]> => {
  const make = async (index: number): Promise<T> => {
    const copy = cloneElement(element);
    const passed = await pass(copy, { index, of: copies }); // which disposes the copy if it fails
    disposeUnshared(copy, passed);
    return passed;
  };
  const made = await Promise.allSettled(Array.from({ length: copies }, (_, index) => make(index)));
  const failed = made.find((one) => one.status === 'rejected');
  if (!failed) return [element, ...made.map((one) => (one as PromiseFulfilledResult<T>).value)];
  tf.dispose([element, ...made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))]);
  throw failed.reason;
};
