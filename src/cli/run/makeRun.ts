import { claimDestination } from '../../node/runs/claimDestination.ts';
import type { Destination } from '../../node/runs/destination.ts';
import { openDestination } from '../../node/runs/destinations/openDestination.ts';
import { finishRun } from '../../node/runs/finishRun.ts';
import { missingShards } from '../../node/runs/missingShards.ts';
import { openWorkshop } from '../../node/runs/openWorkshop.ts';
import { shardsOfPart } from '../../node/runs/part.ts';
import { shardCount } from '../../node/runs/plan.ts';
import { runShards } from '../../node/runs/runShards.ts';
import { throwIfStopped } from '../interrupt.ts';
import { watch } from '../progress.ts';
import { skippedText } from '../skippedText.ts';
import type { Streams } from '../streams.ts';
import { ofIndex, type RunReport } from './report.ts';
import type { Running } from './running.ts';
import { partText, runText } from './text.ts';

type Making = Running & { readonly signal: AbortSignal };

/** Makes what is missing of a run, or of one part of it; whoever finds all shards done finishes it. */
export const makeRun = async (making: Making, streams: Streams): Promise<void> => {
  const { options, signal } = making;
  const destination = await openDestination(options.out);
  try {
    const report = await make(making, destination, streams);
    streams.stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : runText(report));
  } catch (error) {
    throwIfStopped(signal, `the shards that are done are in ${destination.place}; the same command goes on`);
    throw error;
  } finally {
    await destination.close();
  }
};

const make = async (making: Making, destination: Destination, { stderr }: Streams): Promise<RunReport> => {
  const { asked, plan, place, model, options, signal } = making;
  const begun = performance.now();
  await claimDestination(destination, plan);
  const mostFailed = asked.mostFailed(plan.data.count);
  const shards = shardsOfPart(plan, asked.part ?? { index: 0, of: 1 });
  if (asked.part) stderr.write(partText(asked.part, shards, shardCount(plan)));
  const workshop = await openWorkshop({ ...place, plan, model, classifier: options.classifier });
  try {
    const work = (onProgress: (share: number) => void) =>
      runShards(workshop, { destination, shards, signal, mostFailed, onProgress });
    const done = await watch(stderr, 'variants', work);
    stderr.write(skippedText({ skipped: [], notes: workshop.notes() }));
    const missing = (await missingShards(destination, plan)).length;
    const index = missing === 0 ? await finishRun(destination, plan, { mostFailed }) : undefined;
    const seconds = (performance.now() - begun) / 1000;
    const report = {
      place: destination.place,
      run: workshop.digest,
      ...done,
      shards: shardCount(plan),
      missing,
      seconds,
    };
    return index ? { ...report, index: ofIndex(index) } : report;
  } finally {
    await workshop.close();
  }
};
