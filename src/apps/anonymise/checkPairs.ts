import { shown } from '../../checks.ts';
import { ArgumentError, isCount } from '../../errors.ts';
import type { Vectors } from './embedder.ts';

/**
 * Checks that what an embedder made of originals and of copies belongs together.
 *
 * @param places of each copy the number of its original; without, there must be a copy of each.
 * @throws ArgumentError `bad-copies` for another number of them, `bad-places` for one that is no number of an original,
 *   `bad-embedding` for vectors of another length.
 */
export const checkPairs = (before: Vectors, after: Vectors, places?: readonly number[]): void => {
  if (places === undefined && before.count !== after.count) {
    const rule = 'there must be a copy of each original, in the same order';
    throw new ArgumentError('bad-copies', `${rule}; got ${before.count} originals and ${after.count} copies`);
  }
  if (places !== undefined) checkPlaces(places, before.count, after.count);
  if (before.width !== after.width && before.width > 0 && after.width > 0) {
    const rule = 'vectors of originals and copies must be of one length';
    throw new ArgumentError('bad-embedding', `${rule}; got ${before.width} and ${after.width}`);
  }
};

const checkPlaces = (places: readonly number[], originals: number, copies: number): void => {
  const odd = places.find((place) => !isCount(place, 0) || place >= originals);
  if (places.length === copies && odd === undefined) return;
  const got = odd === undefined ? `${places.length} of them` : shown(odd);
  const rule = `places must say of each of ${copies} copies which of ${originals} originals is its own`;
  throw new ArgumentError('bad-places', `${rule}, numbered from 0; got ${got}`);
};
