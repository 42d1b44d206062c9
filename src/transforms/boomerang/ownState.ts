import { isAdaptive } from '../../schedules/adaptive.ts';
import { badState } from '../makeTransform.ts';
import type { AugmentConfig, AugmentState } from './augmentState.ts';
import { configFrom } from './config.ts';
import type { AugmentOptions } from './options.ts';
import { learnedPart } from './select.ts';

type OwnState = Omit<AugmentState, 'version' | 'kind' | 'epoch'>;

export const stateOf = (options: AugmentOptions): OwnState => {
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
export const restoreState = (options: AugmentOptions, state: AugmentState): void => {
  if (state.modelDigest !== options.model.digest) {
    throw badState(`is of model ${state.modelDigest}, this one is ${options.model.digest}; open the same model`);
  }
  const differing = differencesOf(state.config, configFrom(options));
  if (differing !== '') throw badState(`was made with other options: ${differing}; make the augmenter with those`);
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
