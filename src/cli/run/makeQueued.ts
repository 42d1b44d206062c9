import { resolve } from 'node:path';
import { coordinate, type Finished } from '../../fleet/coordinate.ts';
import type { RunEntry } from '../../fleet/entry.ts';
import { claimDestination } from '../../node/runs/claimDestination.ts';
import type { Destination } from '../../node/runs/destination.ts';
import { openDestination } from '../../node/runs/destinations/openDestination.ts';
import { planDigest, shardCount } from '../../node/runs/plan.ts';
import { writeProgress } from '../../node/runs/progressFile.ts';
import { throwIfStopped } from '../interrupt.ts';
import { watch } from '../progress.ts';
import type { Streams } from '../streams.ts';
import { isRemote } from './place.ts';
import type { Queued } from './queued.ts';
import { ofIndex, type RunReport } from './report.ts';
import type { Running } from './running.ts';
import { runText } from './text.ts';

type Making = Running & { readonly signal: AbortSignal };

const WRITE_EVERY_MS = 5000;

/** Has the workers of a queue make what is missing of a run, and finishes it. */
export const makeQueued = async (making: Making, queued: Queued, streams: Streams): Promise<void> => {
  const { options, plan, model, signal } = making;
  model.dispose(); // the workers have their own
  const begun = performance.now();
  const destination = await openDestination(options.out);
  try {
    await claimDestination(destination, plan);
    const { index, made } = await coordinateHere(making, { queued, destination, streams });
    const shards = shardCount(plan);
    const report: RunReport = {
      ...{ place: destination.place, run: planDigest(plan), made, there: shards - made, shards, missing: 0 },
      seconds: (performance.now() - begun) / 1000,
      index: ofIndex(index),
    };
    streams.stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : runText(report));
  } catch (error) {
    const kept = `what is in the queue is made nevertheless, into ${destination.place}; the same command goes on`;
    throwIfStopped(signal, kept);
    throw error;
  } finally {
    await destination.close();
  }
};

type Here = { readonly queued: Queued; readonly destination: Destination; readonly streams: Streams };

const coordinateHere = (making: Making, { queued, destination, streams }: Here): Promise<Finished> => {
  const { asked, plan, signal } = making;
  const { stderr } = streams;
  let writtenAt = performance.now();
  return watch(stderr, 'variants', (onShare) =>
    coordinate({
      ...{ fleet: queued.fleet, entry: entryOf(making, queued.priority), destination, signal },
      mostFailed: asked.mostFailed(plan.data.count),
      say: (line) => void stderr.write(`${line}\n`),
      async onProgress(progress) {
        onShare(progress.done / progress.total);
        if (performance.now() - writtenAt < WRITE_EVERY_MS) return;
        writtenAt = performance.now();
        await writeProgress(destination, { ...progress, at: new Date().toISOString() });
      },
    }),
  );
};

/** Paths as whole ones: workers stand elsewhere. */
const entryOf = ({ options, plan, place }: Making, priority: number): RunEntry => {
  const { opened: _, data, ...how } = place;
  return {
    ...{ version: 1, plan, model: options.model, priority },
    places: {
      ...how,
      data: resolve(data),
      destination: isRemote(options.out) ? options.out : resolve(options.out),
      ...(options.classifier === undefined ? {} : { classifier: resolve(options.classifier) }),
    },
  };
};
