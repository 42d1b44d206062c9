import type { Dataset } from '@tensorflow/tfjs-data';
import * as v from 'valibot';
import { checkOptions, count, type OptionsOf, rule } from '../../checks.ts';
import { ArgumentError, NumericError } from '../../errors.ts';
import type { Classifier } from '../../models/classifier.ts';
import type { ImageKey } from '../../returns/address.ts';
import { driveAsync } from '../../returns/drive.ts';
import type { Element, Place } from '../elements.ts';
import { type EpochCallback, epochCallback } from '../epochCallback.ts';
import type { Naming } from '../naming.ts';
import { recordLosses } from './recordLosses.ts';

const slowSchema = v.strictObject({
  /** The share of the images that counts as learned slowly. @defaultValue 0.35 */
  share: v.optional(
    rule<number>((value) => typeof value === 'number' && value > 0 && value <= 1, 'above 0 and at most 1'),
  ),
  /** Epochs at the start in which losses are recorded and nothing is selected. @defaultValue 3 */
  epochs: v.optional(count()),
  /** Where an element of the callback's data set keeps its labels. @defaultValue 'ys' */
  labels: v.optional(
    rule<Place>((value) => typeof value === 'string' || typeof value === 'number', 'a key or an index'),
  ),
});

/** @interface */
export type SlowLearnersOptions = OptionsOf<typeof slowSchema>;

/** What `slowLearners` has found out so far, as plain JSON. */
export type SlowLearnersState = {
  readonly epochs: number;
  /** Name, sum of losses and their number. */
  readonly losses: readonly (readonly [key: ImageKey, sum: number, count: number])[];
  /** Once it has settled. */
  readonly selected?: readonly ImageKey[];
};

/** For `select`: the images whose loss stayed high in the first epochs. */
export type SlowLearners = {
  selects(key: ImageKey): boolean;
  /** Adds a loss of an image. @throws NumericError `not-finite` */
  record(key: ImageKey, loss: number): void;
  /** Ends the recording: from now on the images with the highest mean loss are selected. */
  settle(): void;
  /**
   * For `fitDataset`: after each of the first epochs, the classifier's loss on every image of `dataset` is recorded.
   *
   * @param dataset the unchanged images, batched, with one-hot labels or classes; they are named as the augmenter that
   * uses this selection names them.
   */
  callback(classifier: Classifier, dataset: Dataset<Element>): EpochCallback;
  /** The names of the selected images; undefined while losses are recorded. */
  selected(): readonly ImageKey[] | undefined;
  isSettled(): boolean;
  /** Told by the augmenter that uses it how images are named. @throws ArgumentError `bad-select` for two ways. */
  namedBy(naming: Naming): void;
  state(): SlowLearnersState;
  restore(state: SlowLearnersState): void;
};

type Losses = Map<ImageKey, { sum: number; count: number }>;

/**
 * Selects the images that are learned slowly, the ones that augmentation serves best.
 *
 * @throws ArgumentError `unknown-option`, `bad-share`, `bad-epochs`.
 * @see Nguyen et al. 2025, TADA, which augments the slow 30 to 40 %.
 */
export const slowLearners = (options: SlowLearnersOptions = {}): SlowLearners => {
  checkOptions('slowLearners', slowSchema, options);
  const { share = 0.35, epochs = 3, labels = 'ys' } = options;
  let losses: Losses = new Map();
  let slow: Set<ImageKey> | undefined;
  let naming: Naming = {};
  let isNamed = false;
  const record = (key: ImageKey, loss: number): void => {
    if (!Number.isFinite(loss)) {
      throw new NumericError('not-finite', `the loss of image ${key} is ${loss}; the classifier has diverged`);
    }
    const { sum, count: before } = losses.get(key) ?? { sum: 0, count: 0 };
    losses.set(key, { sum: sum + loss, count: before + 1 });
  };
  const settle = (): void => {
    slow = slowest(losses, share);
  };
  return {
    selects: (key) => slow?.has(key) ?? false,
    record,
    settle,
    callback: (classifier, dataset) =>
      epochCallback({
        end: async (epoch) => {
          if (slow || epoch >= epochs) return;
          const recorded = dataset.mapAsync((element) =>
            driveAsync(recordLosses(classifier, element, { naming, labels, record })),
          );
          await recorded.forEachAsync(() => {});
          if (epoch === epochs - 1) settle();
        },
      }),
    selected: () => slow && [...slow],
    isSettled: () => slow !== undefined,
    namedBy(given) {
      const { keys, image, range } = given;
      if (isNamed && (keys !== naming.keys || image !== naming.image || range !== naming.range)) {
        throw bad('two augmenters that name images in other ways share it; give each its own');
      }
      [naming, isNamed] = [given, true];
    },
    state: () => ({
      epochs,
      losses: [...losses].map(([key, { sum, count: number }]) => [key, sum, number] as const),
      ...(slow ? { selected: [...slow] } : {}),
    }),
    restore(state) {
      if (state?.epochs !== epochs || !Array.isArray(state.losses))
        throw bad(`cannot go on from ${state?.epochs} epochs`);
      losses = new Map(state.losses.map(([key, sum, number]) => [key, { sum, count: number }]));
      slow = state.selected && new Set(state.selected);
    },
  };
};

/** The images with the highest mean loss; those that are level, by name. */
const slowest = (losses: Losses, share: number): Set<ImageKey> => {
  if (losses.size === 0) throw bad('no loss was recorded before it was to settle');
  const means = [...losses].map(([key, { sum, count: number }]) => ({ key, mean: sum / number }));
  means.sort((a, b) => b.mean - a.mean || (String(a.key) < String(b.key) ? -1 : 1));
  return new Set(means.slice(0, Math.max(1, Math.round(share * means.length))).map(({ key }) => key));
};

const bad = (rule: string): ArgumentError => new ArgumentError('bad-select', `slowLearners: ${rule}`);
