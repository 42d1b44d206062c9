import type { Dataset } from '@tensorflow/tfjs-data';
import { isAdaptive } from './adaptive.ts';
import { augmentElement } from './augmentElement.ts';
import type { AugmentOptions } from './augmentOptions.ts';
import { setUpAugment } from './augmentSetup.ts';
import { type AugmentConfig, configFrom, type LiveOptions, optionsFrom } from './config.ts';
import { drive, driveAsync } from './drive.ts';
import type { Element } from './elements.ts';
import { type At, epochTransform } from './epochTransform.ts';
import { fillBank } from './fillBank.ts';
import { type AugmentStats, makeLedger } from './ledger.ts';
import { watchRepeats } from './repeats.ts';
import { type AugmentState, restoreState, stateOf } from './state.ts';
import type { Transform } from './transform.ts';
import type { Outcome } from './turn.ts';

/** A transform for data sets; see `boomerangAugment`. */
export type Augment = Transform<AugmentStats> & {
  /** Makes the variants of a bank beforehand, by one pass over the images. */
  fillBank(dataset: Dataset<Element>): Promise<void>;
  /** Where it stands, as plain JSON; `boomerangAugment({ ...options, state })` goes on from there. */
  state(): AugmentState;
  /** Its options as plain JSON; see `augmentFrom`. */
  getConfig(): AugmentConfig;
};

/**
 * Makes a transform that replaces the images of a data set by near neighbours on the manifold of a diffusion model:
 * `dataset.map(boomerangAugment({ model, strength: 0.3, seed: 'run-7' }))`.
 *
 * Elements are image tensors `[H, W, C]` or batches `[N, H, W, C]`, `{ xs, ys }`, arrays that begin with the images,
 * or objects with the images at another key (`image`). They come out with the same rank, dtype and range; labels and
 * everything else are the same objects as before. An element belongs to the transform: if it fails, the tensors of
 * the element are disposed, as TensorFlow.js would lose them.
 *
 * What becomes of an image depends on the seed, the image and the epoch; not on order, batch size or prefetching.
 *
 * @throws ArgumentError at once for options that break a rule, and `bad-state`; `no-images`, `bad-image-shape`,
 * `bad-dtype`, `out-of-range`, `bad-keys`, `no-labels`, `needs-async` when an element comes.
 */
export const boomerangAugment = (options: AugmentOptions): Augment => {
  const setup = setUpAugment(options);
  const ledger = makeLedger();
  const filling = makeLedger();
  const watch = watchRepeats();
  const start = options.state ? restoreState(options, options.state) : 0;
  let current = start;
  const landed = ({ element, names }: Outcome, { epoch, watched }: At): Element => {
    if (watched) watch(names, epoch);
    return element;
  };
  const transform = epochTransform<AugmentStats>({
    now: (element, at) => landed(drive(augmentElement(setup, ledger, { element, ...at }), options.model), at),
    later: async (element, at) =>
      landed(await driveAsync(augmentElement(setup, ledger, { element, ...at }), options.model), at),
    stats() {
      const counts = ledger.stats();
      const evaluations = counts.evaluations + filling.stats().evaluations;
      return { ...counts, evaluations, ...(setup.cache?.stats() ?? { hits: 0, misses: 0, entries: 0, bytes: 0 }) };
    },
    begin(epoch) {
      current = epoch;
    },
    async end(epoch, logs) {
      for (const one of [options.strength, options.probability]) if (isAdaptive(one)) await one.adapt(epoch, logs);
    },
    start,
  });
  return Object.assign(transform, {
    fillBank: (dataset: Dataset<Element>) => fillBank(setup, filling, dataset),
    state: () => stateOf(options, current),
    getConfig: () => configFrom(options),
  });
};

/**
 * The transform that a config stands for.
 *
 * @param config what `getConfig()` gave.
 * @param live the model, and whatever the config calls `"custom"`.
 * @throws ArgumentError `bad-config` for unknown versions and fields; and what `boomerangAugment` throws.
 */
export const augmentFrom = (config: AugmentConfig, live: LiveOptions): Augment =>
  boomerangAugment(optionsFrom(config, live));
