import { type Batch, batchWork, takeBatch, waitingRows, writeBatch } from './batches.ts';
import { idleSlots, type Pool, type Slot } from './pool.ts';
import { roomFor, workBytes, workViews } from './protocol.ts';

/**
 * Starts what waits: at once when there are full batches for all idle sessions, else at the end of this turn of the
 * event loop, by when calls that belong together have come in; and when those who were answered last have not all come
 * back by then, after `maxWait`.
 */
export const schedule = (pool: Pool): void => {
  const idle = idleSlots(pool).length;
  if (idle === 0 || (pool.queue.length === 0 && pool.again.length === 0)) return;
  const full = pool.maxBatch * idle;
  if (pool.again.length > 0 || waitingRows(pool.queue, full) >= full) dispatch(pool);
  else pool.turn ??= setImmediate(() => endTurn(pool));
};

const endTurn = (pool: Pool): void => {
  pool.turn = undefined;
  const idle = idleSlots(pool);
  const callers = idle.reduce((sum, { lastRows }) => sum + lastRows, 0);
  const expected = Math.min(callers, pool.maxBatch * idle.length);
  if (pool.maxWait === 0 || waitingRows(pool.queue, expected) >= expected) dispatch(pool);
  else pool.deadline ??= setTimeout(() => dispatch(pool), pool.maxWait);
};

/** Gives every idle session its share of what waits. Needs no event loop. */
export const dispatch = (pool: Pool): void => {
  forgetPlans(pool);
  const idle = idleSlots(pool);
  idle.forEach((slot, n) => {
    const batch = pool.again.shift() ?? nextBatch(pool, idle.length - n);
    slot.lastRows = batch?.rows ?? 0;
    if (batch) begin(pool, slot, batch);
  });
};

export const forgetPlans = (pool: Pool): void => {
  clearImmediate(pool.turn);
  clearTimeout(pool.deadline);
  pool.turn = undefined;
  pool.deadline = undefined;
};

const nextBatch = ({ queue, maxBatch }: Pool, sharers: number): Batch | undefined => {
  const rows = waitingRows(queue, maxBatch * sharers);
  return rows > 0 ? takeBatch(queue, Math.min(maxBatch, Math.ceil(rows / sharers))) : undefined;
};

const begin = ({ counts, facts }: Pool, slot: Slot, batch: Batch): void => {
  counts.batches += 1;
  counts.rows += batch.rows;
  counts.largestBatch = Math.max(counts.largestBatch, batch.rows);
  slot.batch = batch;
  slot.memory = roomFor(slot.memory, workBytes(batchWork(batch, slot.memory)));
  const work = batchWork(batch, slot.memory);
  writeBatch(batch, workViews(work, facts?.inputs ?? []));
  slot.thread.hold(true);
  slot.thread.send(work);
};
