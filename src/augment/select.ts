import { ArgumentError } from '../errors.ts';
import { uniform } from '../random.ts';
import type { ImageKey } from './images.ts';

/** Which images may be changed at all: a share of them, by address; those with given keys; or a rule of your own. */
export type Selection =
  | { readonly share: number }
  | { readonly keys: readonly ImageKey[] }
  | { selects(key: ImageKey): boolean };

/** @throws ArgumentError `bad-select` */
export const selector = (selection: Selection | undefined, seed: string | number): ((key: ImageKey) => boolean) => {
  if (selection === undefined) return () => true;
  if ('selects' in selection) return (key) => selection.selects(key);
  if ('keys' in selection) {
    const keys = new Set(selection.keys);
    return (key) => keys.has(key);
  }
  const { share } = selection;
  if (share >= 0 && share <= 1) return (key) => uniform([seed, key, 'selected']) < share;
  throw new ArgumentError('bad-select', `the share of selected images must be between 0 and 1, got ${share}`);
};
