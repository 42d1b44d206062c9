import * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import { isAdaptive } from './adaptive.ts';
import { augmentElement } from './augmentElement.ts';
import { type AugmentOptions, setUpAugment } from './augmentOptions.ts';
import { checkIndex } from './boomerang.ts';
import { type AugmentConfig, configFrom, type LiveOptions, optionsFrom } from './config.ts';
import { drive, driveAsync } from './drive.ts';
import type { Element } from './elements.ts';
import { type EpochCallback, type EpochLogs, epochCallback } from './epochCallback.ts';
import { fillBank } from './fillBank.ts';
import { type AugmentStats, makeLedger } from './ledger.ts';
import { watchRepeats } from './repeats.ts';
import { type AugmentState, restoreState, stateOf } from './state.ts';
import type { Turn } from './turn.ts';

/** A transform for data sets; see `boomerangAugment`. */
export type Augment = {
  /** For `dataset.map`. */
  <E extends Element>(element: E): E;
  /** For `dataset.mapAsync`: waits for the network instead of blocking. */
  async<E extends Element>(element: E, at?: Partial<Pick<Turn, 'epoch' | 'copy'>>): Promise<E>;
  /** For the `callbacks` of `fitDataset`, alone or in a list: advances the epoch, and lets what is adaptive adapt. */
  callback(): EpochCallback;
  /** Advances the epoch in a training loop of your own. */
  setEpoch(epoch: number): void;
  /** Ends an epoch in a training loop of your own: what is adaptive measures and moves. */
  endEpoch(logs?: EpochLogs): Promise<void>;
  /** Makes the variants of a bank beforehand, by one pass over the images. */
  fillBank(dataset: Dataset<Element>): Promise<void>;
  stats(): AugmentStats;
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
  const watch = watchRepeats();
  let current = options.state ? restoreState(options, options.state) : 0;
  const setEpoch = (epoch: number): void => {
    checkIndex(epoch, 'epoch');
    current = epoch;
  };
  const augment = <E extends Element>(element: E): E => {
    try {
      const outcome = drive(augmentElement(setup, ledger, { element, epoch: current }), options.model);
      watch(outcome.names, current);
      return outcome.element as E;
    } catch (error) {
      tf.dispose(element);
      throw error;
    }
  };
  const augmentAsync = async <E extends Element>(element: E, at: Partial<Turn> = {}): Promise<E> => {
    const turn = { element, epoch: current, ...at };
    try {
      const outcome = await driveAsync(augmentElement(setup, ledger, turn), options.model);
      if (at.epoch === undefined) watch(outcome.names, turn.epoch);
      return outcome.element as E;
    } catch (error) {
      tf.dispose(element);
      throw error;
    }
  };
  const endEpoch = async (logs: EpochLogs = {}): Promise<void> => {
    for (const one of [options.strength, options.probability]) if (isAdaptive(one)) await one.adapt(current, logs);
  };
  return Object.assign(augment, {
    async: augmentAsync,
    callback: () => epochCallback({ begin: setEpoch, end: (_, logs) => endEpoch(logs) }),
    setEpoch,
    endEpoch,
    fillBank: (dataset: Dataset<Element>) => fillBank(setup, dataset),
    stats: () => ({ ...ledger.stats(), ...(setup.cache?.stats() ?? { hits: 0, misses: 0, entries: 0, bytes: 0 }) }),
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
