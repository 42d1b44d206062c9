import type { Coordinated } from './coordinated.ts';
import type { Feeder } from './feeder.ts';
import type { Tally } from './tally.ts';
import type { TaskResult } from './task.ts';
import { inQueue } from './waiting.ts';
import { startWaking } from './waking.ts';
import { watchConnection } from './watchConnection.ts';

const STEP_MS = 1000;
/** After so long without a word from the queue, it is looked at whether one was lost: rarely where that takes long. */
const QUIET_MS = 10_000;
const QUIET_LOOKS = 20;

/** What the queue tells of a run. */
export type Heard = {
  /** Whether words may have been lost, so that one should look. */
  isUnsure(): boolean;
  look(): Promise<void>;
  /** Waits for the next word, for a second at most. */
  wait(): Promise<void>;
  stop(): void;
};

/** Hears which tasks of a run are done and which have failed, and notes it. */
export const listen = ({ fleet, entry, say, signal }: Coordinated, feeder: Feeder, tally: Tally): Heard => {
  const waking = startWaking();
  const events = fleet.events(inQueue(entry).queue);
  let lookMs = 0;
  let heardAt = performance.now();
  const hear = (): void => {
    heardAt = performance.now();
    waking.wake();
  };
  const onCompleted = ({ jobId, returnvalue }: { jobId: string; returnvalue: unknown }): void => {
    if (!feeder.done(jobId)) return;
    tally.add(returnvalue as TaskResult);
    hear();
  };
  const onFailed = ({ jobId, failedReason }: { jobId: string; failedReason: string }): void => {
    const shard = feeder.died(jobId, failedReason);
    if (!shard) return;
    say(`shard ${shard.name} failed: ${failedReason}`);
    hear();
  };
  events.on('completed', onCompleted as never).on('failed', onFailed);
  signal.addEventListener('abort', waking.wake, { once: true });
  const unwatch = watchConnection(fleet, say);
  return {
    isUnsure: () => performance.now() - heardAt > Math.max(QUIET_MS, QUIET_LOOKS * lookMs),
    async look() {
      const begun = performance.now();
      await feeder.look();
      heardAt = performance.now();
      lookMs = heardAt - begun;
    },
    wait: () => waking.wait(STEP_MS),
    stop() {
      events.off('completed', onCompleted as never).off('failed', onFailed);
      unwatch();
    },
  };
};
