import type { TensorContainer } from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import {
  type AugmentDatasetOptions,
  type AugmentedDataset,
  augmentDataset as plainDataset,
} from '../../transforms/augmentDataset.ts';
import type { AugmentConfig } from '../../transforms/boomerang/augmentState.ts';
import {
  type Augment,
  type EpochLogOptions,
  boomerangAugment as plainAugment,
  augmentFrom as plainFrom,
} from '../../transforms/boomerang/boomerangAugment.ts';
import type { LiveOptions } from '../../transforms/boomerang/config.ts';
import type { AugmentOptions } from '../../transforms/boomerang/options.ts';
import type { Transform } from '../../transforms/transform.ts';
import { logEpochs } from './logEpochs.ts';

/*
 * The augmenters as Node has them: those of every platform, and `log` writes files.
 */

/**
 * Makes a transform that replaces the images of a data set by near neighbours on the manifold of a diffusion model:
 * `dataset.map(boomerangAugment({ model, strength: 0.3, seed: 'run-7' }))`. In Node its `log` writes files.
 *
 * Elements are image tensors `[H, W, C]` or batches `[N, H, W, C]`, `{ xs, ys }`, arrays that begin with the images,
 * or objects with the images at another place (`image`). They come out with the same rank, dtype and range; labels and
 * everything else are the same objects as before, unless `softLabels` asks for others. An element belongs to the
 * transform: if it fails, the tensors of the element are disposed, as TensorFlow.js would lose them.
 *
 * What becomes of an image depends on the seed, the image and the epoch; not on order, batch size or prefetching.
 *
 * @throws ArgumentError at once for options that break a rule, `unknown-option`, and `bad-state`; `no-images`,
 * `bad-image-shape`, `bad-dtype`, `out-of-range`, `bad-keys`, `no-labels`, `bad-labels`, `bad-label`, `needs-async`,
 * `bank-full` when an element comes. NumericError `not-finite`.
 */
export const boomerangAugment = (options: AugmentOptions): Augment => withLog(plainAugment(options));

/**
 * The transform that a config stands for.
 *
 * @param config what `getConfig()` gave.
 * @param live the model, and whatever the config calls live.
 * @throws ArgumentError `bad-config` for unknown versions and fields; and what `boomerangAugment` throws.
 */
export const augmentFrom = (config: AugmentConfig, live: LiveOptions): Augment => withLog(plainFrom(config, live));

/**
 * A data set with a transform in it that counts epochs by itself: every pass over it is the next epoch, and an element
 * belongs to the pass that fetched it, however far ahead. It keeps the order of the data set that it is made from, and
 * its size (`copies + 1` times that with `append`; null where that is not known). Follow it with `.repeat()`,
 * `.batch(n)`, and `.prefetch(n)`, which keeps n elements under way.
 *
 * @param how the options of `boomerangAugment`, or a transform, such as `compose` makes.
 * @throws ArgumentError `bad-copies`, `bad-mode`, and what `boomerangAugment` throws.
 */
export function augmentDataset<T extends TensorContainer>(
  dataset: Dataset<T>,
  how: AugmentDatasetOptions,
): AugmentedDataset<T, Augment>;
export function augmentDataset<T extends TensorContainer, Of extends Transform>(
  dataset: Dataset<T>,
  how: Of,
): AugmentedDataset<T, Of>;
export function augmentDataset<T extends TensorContainer>(
  dataset: Dataset<T>,
  how: AugmentDatasetOptions | Transform,
): AugmentedDataset<T> {
  return typeof how === 'function' ? plainDataset(dataset, how) : withLog(plainDataset(dataset, how));
}

const withLog = <A extends Pick<Augment, 'onEpoch' | 'state' | 'stats'>>(augment: A): A =>
  Object.assign(augment, {
    log: (folder: string, options?: EpochLogOptions) => logEpochs(augment, folder, options),
  });
