import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkWritable } from '../../node/output.ts';
import { checkClaim } from '../../node/runs/claimDestination.ts';
import { openDestination } from '../../node/runs/destinations/openDestination.ts';
import { doneShards } from '../../node/runs/missingShards.ts';
import { shardsOfPart } from '../../node/runs/part.ts';
import type { Shard } from '../../node/runs/plan.ts';
import type { Running } from './running.ts';

/** Whether a destination is in a store, and not on a disk. */
export const isRemote = (place: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(place);

/**
 * Refuses a destination that cannot be written, before anything is opened; nothing is made at it yet.
 *
 * @throws EnvironmentError `bad-output`, ArgumentError `bad-destination`.
 */
export const checkPlace = async (place: string, { isReadOnly }: { readonly isReadOnly: boolean }): Promise<void> => {
  if (place !== '' && !isRemote(place)) return checkWritable(join(place, 'run.json'));
  await (await openDestination(place, { isReadOnly })).close();
};

/**
 * What is missing of a run, or of the part that was asked for; the destination is only read, and need not be there.
 *
 * @throws ArgumentError `other-run`, `output-exists`.
 */
export const missingOf = async ({ plan, asked, options }: Running): Promise<readonly Shard[]> => {
  const shards = shardsOfPart(plan, asked.part ?? { index: 0, of: 1 });
  if (!isRemote(options.out) && (await stat(options.out).catch(() => undefined)) === undefined) return shards;
  const destination = await openDestination(options.out, { isReadOnly: true });
  try {
    await checkClaim(destination, plan);
    const done = await doneShards(destination);
    return shards.filter(({ name }) => !done.has(name));
  } finally {
    await destination.close();
  }
};
