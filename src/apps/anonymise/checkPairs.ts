import { ArgumentError } from '../../errors.ts';
import type { Vectors } from './embedder.ts';

/**
 * Checks that what an embedder made of originals and of copies belongs together.
 *
 * @throws ArgumentError `bad-copies` for another number of them, `bad-embedding` for vectors of another length.
 */
export const checkPairs = (before: Vectors, after: Vectors): void => {
  if (before.count !== after.count) {
    const rule = 'there must be a copy of each original, in the same order';
    throw new ArgumentError('bad-copies', `${rule}; got ${before.count} originals and ${after.count} copies`);
  }
  if (before.width !== after.width && before.width > 0 && after.width > 0) {
    const rule = 'vectors of originals and copies must be of one length';
    throw new ArgumentError('bad-embedding', `${rule}; got ${before.width} and ${after.width}`);
  }
};
