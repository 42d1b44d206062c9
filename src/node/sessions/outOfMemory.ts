import { EnvironmentError } from '../../errors.ts';
import { warnOnce } from '../../warn.ts';
import { type Batch, halves } from './batches.ts';
import type { Pool } from './pool.ts';

/** What ONNX Runtime, C++ and JavaScript say when an allocation fails. */
const WORDS = /failed to allocate|bad_?\s?alloc|out of memory|allocation failed|not enough memory/i;

export const isOutOfMemory = (message: string): boolean => WORDS.test(message);

/**
 * Has a batch done again in two halves, and lets none be larger from now on, said once.
 *
 * @param why it could not be run.
 * @returns whether it could be halved.
 */
export const halve = (pool: Pool, batch: Batch, why: string): boolean => {
  if (batch.rows < 2) return false;
  pool.maxBatch = Math.max(1, Math.min(pool.maxBatch, Math.floor(batch.rows / 2)));
  pool.again.push(...halves(batch));
  warnOnce(`${why} a batch of ${batch.rows} on ${pool.place.graph}; going on with ${pool.maxBatch}`);
  return true;
};

export const outOfMemory = (what: string, said: string): EnvironmentError => {
  const remedy = 'use fewer sessions, a smaller network, or free memory of this machine';
  return new EnvironmentError('out-of-memory', `there is no memory to ${what} (${said.split('\n')[0]}); ${remedy}`);
};
