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

/** As everywhere, with `log`; see `Augment`. */
export const boomerangAugment = (options: AugmentOptions): Augment => withLog(plainAugment(options));

/** The transform that a config stands for; see `getConfig`. */
export const augmentFrom = (config: AugmentConfig, live: LiveOptions): Augment => withLog(plainFrom(config, live));

/** A data set with a transform in it that counts epochs by itself; see `AugmentedDataset`. */
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
