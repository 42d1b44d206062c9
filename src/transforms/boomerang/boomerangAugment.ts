import type { Dataset } from '@tensorflow/tfjs-data';
import type { Bank } from '../../caches/bank.ts';
import { checkOptions } from '../../checks.ts';
import { isAdaptive } from '../../schedules/adaptive.ts';
import type { Element } from '../elements.ts';
import { badState, makeTransform } from '../makeTransform.ts';
import type { Stage, Transform } from '../transform.ts';
import type { AugmentConfig, AugmentState } from './augmentState.ts';
import { changeElement } from './changeElement.ts';
import { configFrom, type LiveOptions, optionsFrom } from './config.ts';
import { announceBank, bankNeeds, fillBank } from './fillBank.ts';
import { type AugmentStats, makeLedger } from './ledger.ts';
import { type AugmentOptions, augmentSchema } from './options.ts';
import { learnedPart } from './select.ts';
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
  const transform = makeTransform<AugmentStats, AugmentState>(stageOf(setup, filling));
  if (options.state) transform.restore(options.state);
  return Object.assign(transform, {
    fillBank: (dataset: Dataset<Element>) => fillBank(setup, filling, dataset),
    bank: setup.bank,
    bankNeeds: (images: number) => bankNeeds(setup, images),
    getConfig: () => configFrom(options),
  });
};

const stageOf = (setup: AugmentSetup, filling: ReturnType<typeof makeLedger>): Stage<AugmentStats> => {
  const { options, cache, bank, naming } = setup;
  const ledger = makeLedger();
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
    async end(epoch, logs) {
      for (const one of [options.strength, options.probability]) if (isAdaptive(one)) await one.adapt(epoch, logs);
    },
    passed(epoch) {
      ledger.ended();
      setup.selector.ended(epoch);
    },
  };
};

type OwnState = Omit<AugmentState, 'version' | 'kind' | 'epoch'>;

const stateOf = (options: AugmentOptions): OwnState => {
  const { strength, probability, select, model } = options;
  const selection = learnedPart(select)?.state();
  return {
    config: configFrom(options),
    modelDigest: model.digest,
    adaptive: {
      ...(isAdaptive(strength) ? { strength: strength.value() } : {}),
      ...(isAdaptive(probability) ? { probability: probability.value() } : {}),
    },
    ...(selection ? { selection } : {}),
  };
};

/** @throws ArgumentError `bad-state`, naming what differs, for a state of other options or another model. */
const restoreState = (options: AugmentOptions, state: AugmentState): void => {
  if (state.modelDigest !== options.model.digest) {
    throw badState(`is of model ${state.modelDigest}, this one is ${options.model.digest}; open the same model`);
  }
  const differing = differencesOf(state.config, configFrom(options));
  if (differing !== '') throw badState(`was made with other options: ${differing}`);
  const { strength, probability, select } = options;
  const learned = learnedPart(select);
  if (isAdaptive(strength) && state.adaptive.strength !== undefined) strength.restore(state.adaptive.strength);
  if (isAdaptive(probability) && state.adaptive.probability !== undefined)
    probability.restore(state.adaptive.probability);
  if (learned && state.selection) learned.restore(state.selection);
};

const differencesOf = (was: AugmentConfig, is: AugmentConfig): string => {
  const flat = ({ options = {}, live = [] }: AugmentConfig): Readonly<Record<string, unknown>> => ({
    ...options,
    ...Object.fromEntries(live.map((name) => [name, 'code'])),
  });
  const [before, now] = [flat(was), flat(is)];
  const text = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => text(before[name]) !== text(now[name]))
    .map((name) => `${name} was ${text(before[name])} and is ${text(now[name])}`)
    .join(', ');
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
