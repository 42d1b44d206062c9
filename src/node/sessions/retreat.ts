import { warn } from '../../warn.ts';
import type { Pool } from './pool.ts';

/**
 * Has a pool go on on the processor, said, where its GPU failed and there is a way. Sessions there are still to be opened.
 *
 * @returns whether there is a way.
 */
export const retreat = (pool: Pool, why: Error): boolean => {
  const { retreat: next } = pool;
  if (!next) return false;
  warn(`${why.message.split('; ')[0]}; going on on the processor`);
  pool.place = next;
  pool.maxBatch = next.maxBatch;
  pool.retreat = undefined;
  return true;
};
