import type * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import * as v from 'valibot';
import type { Bank } from '../../caches/bank.ts';
import { checkOptions, flag, type OptionsOf } from '../../checks.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import type { LabelledElement } from '../data/imageDataset.ts';
import type { Destination } from './destination.ts';
import { openDestination } from './destinations/openDestination.ts';
import type { RunPlan } from './plan.ts';
import { type BankDatasetOptions, bankDataset } from './readBack/bankDataset.ts';
import { bankStore } from './readBack/bankStore.ts';
import { gatherImages } from './readBack/gatherImages.ts';
import { openRun } from './readBack/openRun.ts';
import { type ReadLater, readLater, readNow } from './readBack/reading.ts';

const openBankSchema = v.strictObject({
  /** Whether a run that is not finished will do, with what it has. @defaultValue false: it is refused */
  partial: v.optional(flag),
});

/** @interface */
export type OpenBankOptions = OptionsOf<typeof openBankSchema>;

/** What a run has made, open for training. */
export type OpenBank = Bank & {
  /** Everything that decided it; `augmentFrom(plan.augment, { model, bank })` is the transform that draws from it. */
  readonly plan: RunPlan;
  /** Images that have all their samples. */
  readonly count: number;
  /** Height, width and channels of the first image; others may have another size, where `fit` let them. */
  readonly imageShape: ImageShape;
  /** Names of the classes by label; absent where the data has none. */
  readonly classes?: readonly string[];
  /**
   * The variants as a data set of tfjs, without a model: `{ xs, ys }`, where `xs` is float32 in [0, 1] and `ys` the class
   * one-hot, or its shares where labels are soft, as the transform of the run gives them. Of a run of pairs, `xs` is
   * `{ clean, variant }`, and so is `ys` where labels are soft. Images that failed are left out.
   *
   * @throws ArgumentError `unknown-option`, `bad-batch`, `bad-shuffle`, `unknown-draw`, `bad-epoch`, `no-originals`; when
   * it is read `wrong-image-size`; EnvironmentError `damaged-run`.
   */
  dataset<T extends tf.TensorContainer = LabelledElement>(options?: BankDatasetOptions): Dataset<T>;
  dispose(): void;
};

/**
 * Opens what `boomerang run` has made as a bank: `boomerangAugment({ model, bank, … })` with the seed and the strength of
 * the run takes its variants from there and never asks the network, and `bank.dataset()` needs no model at all. Variants
 * are of 8 bits a channel: int32 images become what they would have become, float32 ones to within 1/510. Filters have
 * said what they say: those of the augmenter are not asked again.
 *
 * Only what images are called is in memory, 33 bytes each; the rest is read when it is drawn, from a folder without
 * waiting, from a store of objects in `dataset.mapAsync(augment.async)` and `augmentDataset` alone.
 *
 * @param place a folder, or `s3://bucket/prefix`.
 * @throws ArgumentError `bad-destination`, `no-such-run`, `unknown-version`, `unfinished-run`, `no-samples`; `unknown-option`,
 * `bad-partial`. A variant that it has not got is `not-in-bank`, with what differs; EnvironmentError `damaged-run`.
 */
export const openBank = async (place: string, options: OpenBankOptions = {}): Promise<OpenBank> => {
  checkOptions('openBank', openBankSchema, options);
  const destination = await openDestination(place, { isReadOnly: true });
  const later = readLater(destination);
  const { run, images } = await readFacts(destination, later, options).catch(async (error) => {
    await destination.close();
    throw error;
  });
  const now = place.includes('://') ? undefined : readNow(place);
  const { classes } = run.plan.data;
  return {
    ...bankStore(run, images, { now, later }),
    plan: run.plan,
    count: images.places.length,
    imageShape: images.imageShape,
    ...(classes ? { classes } : {}),
    dataset: <T extends tf.TensorContainer>(asked: BankDatasetOptions = {}) =>
      bankDataset(run, { images, later }, asked) as unknown as Dataset<T>,
    dispose: () => void destination.close(),
  };
};

const readFacts = async (destination: Destination, later: ReadLater, { partial = false }: OpenBankOptions) => {
  const run = await openRun(destination, partial);
  return { run, images: await gatherImages(run, later) };
};
