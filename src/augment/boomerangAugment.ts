import * as tf from '@tensorflow/tfjs-core';
import { augmentElement } from './augmentElement.ts';
import { type AugmentOptions, setUpAugment } from './augmentOptions.ts';
import { checkIndex } from './boomerang.ts';
import { drive, driveAsync } from './drive.ts';
import type { Element } from './elements.ts';
import type { Asking } from './flight.ts';
import { type AugmentStats, makeLedger } from './ledger.ts';

/** A transform for data sets; see `boomerangAugment`. */
export type Augment = {
  /** For `dataset.map`. */
  <E extends Element>(element: E): E;
  /** For `dataset.mapAsync`: lets the event loop turn between network calls. */
  async<E extends Element>(element: E, epoch?: number): Promise<E>;
  /** For the `callbacks` of `fitDataset`, alone or in a list: advances the epoch. */
  callback(): EpochCallback;
  /** Advances the epoch in a training loop of your own. */
  setEpoch(epoch: number): void;
  stats(): AugmentStats;
};

/**
 * What TensorFlow.js calls while it trains. All methods are there, since a list that holds one of its own callback
 * objects is used as it is.
 */
export type EpochCallback = {
  onEpochBegin(epoch: number): Promise<void>;
} & Record<'onEpochEnd' | 'onBatchBegin' | 'onBatchEnd' | 'onTrainBegin' | 'onTrainEnd', () => Promise<void>> &
  Record<'setParams' | 'setModel', () => void>;

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
 * @throws ArgumentError `bad-seed`, `bad-probability`, `bad-branch`, `bad-reuse`, `bad-epochs`, `bad-strength`,
 * `bad-steps`, `unknown-solver`, `bad-eta` at once; `no-images`, `bad-image-shape`, `bad-dtype`, `out-of-range`,
 * `bad-keys`, `needs-async` when an element comes.
 */
export const boomerangAugment = (options: AugmentOptions): Augment => {
  const setup = setUpAugment(options);
  const ledger = makeLedger();
  let current = 0;
  const setEpoch = (epoch: number): void => {
    checkIndex(epoch, 'epoch');
    current = epoch;
  };
  const work = (element: Element, epoch?: number): Asking<Element> =>
    augmentElement(setup, ledger, { element, epoch: epoch ?? current, watched: epoch === undefined });

  const augment = <E extends Element>(element: E): E => {
    try {
      return drive(work(element), options.model) as E;
    } catch (error) {
      tf.dispose(element);
      throw error;
    }
  };
  const augmentAsync = async <E extends Element>(element: E, epoch?: number): Promise<E> => {
    try {
      return (await driveAsync(work(element, epoch), options.model)) as E;
    } catch (error) {
      tf.dispose(element);
      throw error;
    }
  };
  const cacheStats = () => setup.cache?.stats() ?? { hits: 0, misses: 0, entries: 0, bytes: 0 };
  return Object.assign(augment, {
    async: augmentAsync,
    callback: () => epochCallback(setEpoch),
    setEpoch,
    stats: () => ({ ...ledger.counts(), ...cacheStats() }),
  });
};

const epochCallback = (setEpoch: (epoch: number) => void): EpochCallback => {
  const nothing = async () => {};
  return {
    onEpochBegin: async (epoch) => setEpoch(epoch),
    onEpochEnd: nothing,
    onBatchBegin: nothing,
    onBatchEnd: nothing,
    onTrainBegin: nothing,
    onTrainEnd: nothing,
    setParams: () => {},
    setModel: () => {},
  };
};
