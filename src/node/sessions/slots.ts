import { CheckpointError, EnvironmentError } from '../../errors.ts';
import { warn } from '../../warn.ts';
import { type Batch, readBatch } from './batches.ts';
import { schedule } from './dispatch.ts';
import { faultOf, isHalved } from './faults.ts';
import type { SessionOutput } from './feeds.ts';
import type { GraphFacts } from './graphFacts.ts';
import type { Pool, Slot } from './pool.ts';
import { outputViews, type Reply } from './protocol.ts';
import { retreat } from './retreat.ts';
import { startThread } from './sessionThread.ts';
import { blame, close, fail } from './unanswered.ts';

/**
 * Opens as many sessions as a pool is to have, where it is to have them, and resolves when all are open.
 *
 * @throws CheckpointError `bad-graph`.
 * @throws EnvironmentError `worker-died`, `out-of-memory`; of a GPU `no-device`, `device-lost`, `device-failed`.
 */
export const openSlots = async (pool: Pool): Promise<void> => {
  await Promise.all(Array.from({ length: pool.place.sessions }, () => openSlot(pool)));
};

const openSlot = (pool: Pool): Promise<void> =>
  new Promise((resolve, reject) => {
    const { place, names, runtime, bell } = pool;
    const { device, graph, threads } = place;
    const onReply = (reply: Reply): void => {
      take(pool, slot, reply);
      schedule(pool);
    };
    const onExit = (fault: string): void => {
      collect(pool, slot);
      bury(pool, slot, fault);
      schedule(pool);
    };
    const slot: Slot = {
      thread: startThread({ device, graph, names, runtime, threads, bell }, { onReply, onExit }, pool.startWorker),
      isOpen: false,
      lastRows: 0,
      memory: new SharedArrayBuffer(0),
      onOpen: (error) => (error ? reject(error) : resolve()),
    };
    pool.slots.add(slot);
  });

/** Takes the replies that are there and finds the threads that have ended, without the event loop. */
export const collectAll = (pool: Pool): void => {
  for (const slot of [...pool.slots]) {
    const isGone = slot.thread.isGone(); // before its replies: the last one may be as young as this
    collect(pool, slot);
    if (isGone) bury(pool, slot, '');
  }
};

const collect = (pool: Pool, slot: Slot): void => {
  for (let reply = slot.thread.poll(); reply; reply = slot.thread.poll()) take(pool, slot, reply);
};

const take = (pool: Pool, slot: Slot, reply: Reply): void => {
  const { batch } = slot;
  if (reply.kind === 'ready') welcome(pool, slot, reply.facts);
  else if (!slot.isOpen && reply.kind === 'failed') giveUp(pool, slot, faultOf(pool, 'open', 'opened', reply));
  else if (batch && reply.kind !== 'closed') {
    slot.batch = undefined;
    slot.thread.hold(false);
    if (reply.kind === 'done') readBatch(batch, outputsOf(reply));
    else if (!isHalved(pool, batch, reply)) lose(pool, slot, batch, faultOf(pool, 'run', 'ran', reply));
  }
};

/** What cannot be run in smaller batches: a GPU's work goes to the processor where there is a way. */
const lose = (pool: Pool, slot: Slot, batch: Batch, error: Error): void => {
  if (pool.place.device !== 'cpu' && retreat(pool, error)) {
    pool.again.unshift({ ...batch, deaths: 0 });
    leave(pool, slot);
    void openSlots(pool).catch(() => undefined); // whoever waits for the last one is told
  } else if (error instanceof CheckpointError) blame(pool, batch, error);
  else fail(pool, batch, error);
};

const leave = (pool: Pool, slot: Slot): void => {
  pool.slots.delete(slot);
  void slot.thread.end();
};

const outputsOf = ({ memory, shapes }: Reply & { readonly kind: 'done' }): readonly SessionOutput[] =>
  outputViews(memory, shapes).map((data, n) => ({ data, shape: shapes[n] ?? [] }));

const welcome = (pool: Pool, slot: Slot, facts: GraphFacts): void => {
  slot.isOpen = true;
  slot.thread.hold(false);
  pool.facts = facts;
  if (facts.oneRow) pool.maxBatch = 1;
  slot.onOpen();
};

/** Says what a thread died of and at, replaces it, and has its batch done again. */
const bury = (pool: Pool, slot: Slot, fault: string): void => {
  if (!pool.slots.has(slot)) return;
  pool.counts.deaths += 1;
  const death = `a session's thread died${fault} while it ${occupation(pool, slot)}`;
  if (slot.isOpen) replace(pool, slot, death);
  else giveUp(pool, slot, new EnvironmentError('worker-died', `${death}; try fewer sessions`));
};

const replace = (pool: Pool, slot: Slot, death: string): void => {
  const { batch } = slot;
  const again = { ...batch, deaths: (batch?.deaths ?? 0) + 1 } as Batch;
  if (batch && again.deaths === 2) {
    const remedy = 'leave these out, or use the tfjs engine';
    const error = new EnvironmentError('worker-died', `${death}, for the second time; ${remedy}`);
    if (pool.retreat) {
      lose(pool, slot, batch, error);
      return;
    }
    warn(`${death}; it is replaced`);
    fail(pool, batch, error);
  } else {
    warn(`${death}; it is replaced${batch ? ' and the batch done again' : ''}`);
    if (batch) pool.again.unshift(again);
  }
  leave(pool, slot);
  void openSlot(pool).catch(() => undefined); // whoever waits for the last one is told
};

const occupation = ({ place: { graph }, facts }: Pool, { isOpen, batch }: Slot): string => {
  if (!isOpen) return `opened ${graph}`;
  if (!batch) return `waited for work on ${graph}`;
  const sizes = batch.pieces[0]?.request.feeds.map(({ shape }, n) => `${facts?.inputs[n]?.role} [${shape}]`) ?? [];
  return `ran a batch of ${batch.rows} rows of ${sizes.filter((size) => !size.endsWith('[]')).join(', ')} on ${graph}`;
};

const giveUp = (pool: Pool, slot: Slot, error: Error): void => {
  leave(pool, slot);
  if (retreat(pool, error)) void openSlots(pool).then(() => slot.onOpen(), slot.onOpen);
  else {
    slot.onOpen(error);
    if (pool.slots.size === 0) close(pool, error);
  }
};
