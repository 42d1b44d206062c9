import { type Batch, settle } from './batches.ts';
import type { Pool } from './pool.ts';

/** A batch of several requests is done again one by one, so that only the one at fault fails. */
export const blame = (pool: Pool, batch: Batch, error: Error): void => {
  if (batch.pieces.length === 1) fail(pool, batch, error);
  else pool.again.push(...batch.pieces.map((piece) => ({ pieces: [piece], rows: piece.count, deaths: 0 })));
};

/** Nothing can be run any more; whoever waits is told why. */
export const close = (pool: Pool, error: Error): void => {
  pool.fault = error;
  for (const batch of pool.again.splice(0)) fail(pool, batch, error);
  for (const request of pool.queue.splice(0)) settle(request, { error });
};

/** The requests of a batch are told what became of it, and none of their other rows are run. */
export const fail = ({ queue }: Pool, { pieces }: Batch, error: Error): void => {
  for (const { request } of pieces) {
    const at = queue.indexOf(request);
    if (at >= 0) queue.splice(at, 1);
    settle(request, { error });
  }
};
