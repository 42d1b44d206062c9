import * as v from 'valibot';
import { between, code, rule } from '../../checks.ts';
import { uniform } from '../../random.ts';
import type { ImageKey } from '../../returns/address.ts';
import { warn } from '../../warn.ts';
import type { Naming } from '../naming.ts';
import type { SlowLearners } from './slowLearners.ts';

/**
 * Which images may be changed at all: a share of them, by address; those with given keys; a rule of your own; or those
 * that are learned slowly.
 */
export type Selection =
  | { readonly share: number }
  | { readonly keys: readonly ImageKey[] }
  | { selects(key: ImageKey): boolean }
  | SlowLearners;

/** A selection in use. */
export type Selector = {
  selects(key: ImageKey): boolean;
  /** Ends an epoch: says so once if the selection met none of its images. */
  ended(epoch: number): void;
};

/** What a selection of many parts, such as `slowLearners`, does beside selecting. */
type Learned = Pick<SlowLearners, 'isSettled' | 'namedBy' | 'state' | 'restore'>;

export const selectionRule = v.union(
  [
    v.strictObject({ share: between(0, 1) }),
    v.strictObject({ keys: rule<readonly ImageKey[]>(Array.isArray, 'a list of names') }),
    v.looseObject({ selects: code<(key: ImageKey) => boolean>() }),
  ],
  '{ share } between 0 and 1, { keys } with a list of names, slowLearners(), or { selects(key) }',
);

/** What must be kept of a selection, if it learns. */
export const learnedPart = (selection: Selection | undefined): Learned | undefined =>
  selection !== undefined && 'restore' in selection ? selection : undefined;

/** @param naming how the augmenter names images, so that a selection which learns names them alike. */
export const makeSelector = (selection: Selection | undefined, seed: string | number, naming: Naming): Selector => {
  const learned = learnedPart(selection);
  learned?.namedBy(naming);
  const selects = selectsOf(selection, seed);
  let [came, met, waiting, said] = [0, 0, 0, false];
  let example: ImageKey | undefined;
  return {
    selects(key) {
      const isMet = selects(key);
      if (learned && !learned.isSettled()) waiting += 1;
      else came += 1;
      if (isMet) met += 1;
      example ??= key;
      return isMet;
    },
    ended(epoch) {
      const isLate = waiting > 0 && learned && !learned.isSettled() && epoch + 1 >= learned.state().epochs;
      const silent = isLate ? unsettled(epoch) : silenceOf(selection, { epoch, came, met, example });
      if (silent !== undefined && !said) {
        warn(silent);
        said = true;
      }
      [came, met, waiting] = [0, 0, 0];
    },
  };
};

const selectsOf = (selection: Selection | undefined, seed: string | number): ((key: ImageKey) => boolean) => {
  if (selection === undefined) return () => true;
  if ('selects' in selection) return (key) => selection.selects(key);
  if ('share' in selection) return (key) => uniform([seed, key, 'selected']) < selection.share;
  const keys = new Set(selection.keys);
  return (key) => keys.has(key);
};

type Met = {
  readonly epoch: number;
  readonly came: number;
  readonly met: number;
  readonly example?: ImageKey | undefined;
};

/** Why an epoch in which nothing was selected is worth a word. */
const silenceOf = (selection: Selection | undefined, { epoch, came, met, example }: Met): string | undefined => {
  if (selection === undefined || 'share' in selection || came === 0 || met > 0) return undefined;
  const wanted =
    'keys' in selection ? ` (it names ${selection.keys.length}, such as ${shownKey(selection.keys[0])})` : '';
  return (
    `select met none of the ${came} images of epoch ${epoch}${wanted}, so nothing was changed; images are named such as ` +
    `${shownKey(example)}; name them by { keys }, the same in both places`
  );
};

const unsettled = (epoch: number): string =>
  `slowLearners has selected nothing by the end of epoch ${epoch}, so nothing is changed; pass slow.callback(classifier, ` +
  'dataset) to fitDataset, or call record() and settle()';

const shownKey = (key: ImageKey | undefined): string => `${JSON.stringify(key)} (a ${typeof key})`;
