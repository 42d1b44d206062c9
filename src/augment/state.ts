import { ArgumentError } from '../errors.ts';
import { isAdaptive } from './adaptive.ts';
import type { AugmentOptions } from './augmentOptions.ts';
import { type AugmentConfig, configFrom } from './config.ts';
import type { ImageKey } from './images.ts';

/** Where an augmenter stands, as plain JSON: everything else follows from addresses. */
export type AugmentState = {
  readonly version: 1;
  readonly config: AugmentConfig;
  readonly modelDigest: string;
  readonly epoch: number;
  /** Values of what adapts. */
  readonly adaptive: { readonly strength?: number; readonly probability?: number };
  /** The images that `slowLearners` selected. */
  readonly selected?: readonly ImageKey[];
};

type Settled = { selected(): readonly ImageKey[] | undefined; restore(selected: readonly ImageKey[]): void };
const isSettling = (select: unknown): select is Settled =>
  typeof select === 'object' && select !== null && 'selected' in select && 'restore' in select;

export const stateOf = (options: AugmentOptions, epoch: number): AugmentState => {
  const { strength, probability, select, model } = options;
  const selected = isSettling(select) ? select.selected() : undefined;
  return {
    version: 1,
    config: configFrom(options),
    modelDigest: model.digest,
    epoch,
    adaptive: {
      ...(isAdaptive(strength) ? { strength: strength.value() } : {}),
      ...(isAdaptive(probability) ? { probability: probability.value() } : {}),
    },
    ...(selected ? { selected } : {}),
  };
};

/**
 * Puts options where a state stood.
 *
 * @returns the epoch to go on with.
 * @throws ArgumentError `bad-state`, naming what differs, for a state of other options or another model.
 */
export const restoreState = (options: AugmentOptions, state: AugmentState): number => {
  if (state.version !== 1) throw bad(`must have version 1, got ${state.version}`);
  if (state.modelDigest !== options.model.digest) {
    throw bad(`is of model ${state.modelDigest}, this one is ${options.model.digest}; open the same model`);
  }
  const [was, is]: Readonly<Record<string, unknown>>[] = [state.config, configFrom(options)];
  const names = new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})]);
  const text = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
  const differing = [...names].filter((name) => text(was?.[name]) !== text(is?.[name]));
  if (differing.length > 0) {
    const list = differing.map((name) => `${name} was ${text(was?.[name])} and is ${text(is?.[name])}`).join(', ');
    throw bad(`was made with other options: ${list}`);
  }
  const { strength, probability, select } = options;
  if (isAdaptive(strength) && state.adaptive.strength !== undefined) strength.restore(state.adaptive.strength);
  if (isAdaptive(probability) && state.adaptive.probability !== undefined)
    probability.restore(state.adaptive.probability);
  if (isSettling(select) && state.selected) select.restore(state.selected);
  return state.epoch;
};

const bad = (rule: string): ArgumentError => new ArgumentError('bad-state', `the state ${rule}`);
