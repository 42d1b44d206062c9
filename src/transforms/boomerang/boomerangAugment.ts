import type { Dataset } from '@tensorflow/tfjs-data';
import type { Bank } from '../../caches/bank.ts';
import { checkOptions } from '../../checks.ts';
import { EnvironmentError } from '../../errors.ts';
import { isAdaptive } from '../../schedules/adaptive.ts';
import type { Element } from '../elements.ts';
import { makeTransform } from '../makeTransform.ts';
import type { Stage, Transform } from '../transform.ts';
import type { AugmentConfig, AugmentState } from './augmentState.ts';
import { changeElement } from './changeElement.ts';
import { configFrom, type LiveOptions, optionsFrom } from './config.ts';
import { type EpochEnds, epochEnds, type HearEpoch } from './epochEnds.ts';
import { announceBank, bankNeeds, fillBank } from './fillBank.ts';
import { type AugmentStats, type Ledger, makeLedger } from './ledger.ts';
import { type AugmentOptions, augmentSchema } from './options.ts';
import { restoreState, stateOf } from './ownState.ts';
import { type AugmentSetup, setUpAugment } from './setup.ts';

/** A transform for data sets; see `boomerangAugment`. */
export type Augment = Transform<AugmentStats, AugmentState> & {
  /** Makes the variants of a bank beforehand, by one pass over the images; says first what they need. */
  fillBank(dataset: Dataset<Element>): Promise<void>;
  /** The bank, if there is one; it can be handed to another augmenter. */
  readonly bank: Bank | undefined;
  /** Bytes that the bank takes for so many images; 0 without one. */
  bankNeeds(images: number): number;
  /** Its options as plain JSON; see `augmentFrom`. */
  getConfig(): AugmentConfig;
  /**
   * Hears of every epoch that is over: when `callback()` or `endEpoch` has ended it, with what the training said; and
   * before that, without it, when the next one is set or `augmentDataset` has passed over all images.
   */
  onEpoch(hear: HearEpoch): void;
  /**
   * Writes a line of JSON for every epoch that is over into a file in a folder; see `EpochLog`. In Node.
   *
   * @throws EnvironmentError `no-files` in a page; `bad-output` for a folder that cannot be written.
   */
  log(folder: string, options?: EpochLogOptions): void;
};

export type EpochLogOptions = {
  /** Of the run, and of its file. @defaultValue the seed, and a digest of the model and of the other options */
  readonly name?: string | undefined;
};

/**
 * Makes a transform that replaces the images of a data set by near neighbours on the manifold of a diffusion model:
 * `dataset.map(boomerangAugment({ model, strength: 0.3, seed: 'run-7' }))`.
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
export const boomerangAugment = (options: AugmentOptions): Augment => {
  checkOptions('boomerangAugment', augmentSchema, options);
  const setup = setUpAugment(options);
  const filling = makeLedger();
  const ledger = makeLedger();
  const ends = epochEnds(ledger);
  const transform = makeTransform<AugmentStats, AugmentState>(stageOf(setup, { filling, ledger, ends }));
  if (options.state) transform.restore(options.state);
  return Object.assign(transform, {
    fillBank: (dataset: Dataset<Element>) => fillBank(setup, filling, dataset),
    bank: setup.bank,
    bankNeeds: (images: number) => bankNeeds(setup, images),
    getConfig: () => configFrom(options),
    onEpoch: ends.listen,
    log: refuseLog,
  });
};

const refuseLog = (): never => {
  throw new EnvironmentError(
    'no-files',
    'augment.log writes files, which a page cannot; hear of the epochs with augment.onEpoch((ended) => …)',
  );
};

type Accounts = { readonly filling: Ledger; readonly ledger: Ledger; readonly ends: EpochEnds };

const stageOf = (setup: AugmentSetup, { filling, ledger, ends }: Accounts): Stage<AugmentStats> => {
  const { options, cache, bank, naming } = setup;
  let isAnnounced = bank === undefined;
  return {
    kind: 'boomerangAugment',
    naming,
    keepsImages: cache !== undefined || bank !== undefined,
    change(element, pass) {
      if (!isAnnounced && filling.stats().evaluations === 0) announceBank(setup);
      isAnnounced = true;
      return changeElement(setup, ledger, element, pass);
    },
    stats() {
      const counts = ledger.stats();
      const filled = filling.stats();
      const evaluations = counts.evaluations + filled.evaluations;
      const encodings = counts.encodings + filled.encodings;
      const kept = { hits: 0, misses: 0, entries: 0, bytes: 0, ...cache?.stats(), ...bank?.stats() };
      return { ...counts, evaluations, encodings, ...kept };
    },
    state: () => stateOf(options),
    restore: (state) => restoreState(options, state as unknown as AugmentState),
    begin: ends.begun,
    async end(epoch, logs) {
      const adapt = async (one: unknown): Promise<number | undefined> =>
        isAdaptive(one) ? one.adapt(epoch, logs) : undefined;
      const measured = { strength: await adapt(options.strength), probability: await adapt(options.probability) };
      ends.ended(epoch, { logs, measured });
    },
    passed(epoch) {
      ledger.ended();
      setup.selector.ended(epoch);
      ends.passed(epoch);
    },
  };
};

/**
 * The transform that a config stands for.
 *
 * @param config what `getConfig()` gave.
 * @param live the model, and whatever the config calls live.
 * @throws ArgumentError `bad-config` for unknown versions and fields; and what `boomerangAugment` throws.
 */
export const augmentFrom = (config: AugmentConfig, live: LiveOptions): Augment =>
  boomerangAugment(optionsFrom(config, live));
