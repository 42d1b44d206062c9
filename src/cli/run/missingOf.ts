import { stat } from 'node:fs/promises';
import { checkClaim } from '../../node/runs/claimDestination.ts';
import { openDestination } from '../../node/runs/destinations/openDestination.ts';
import { doneShards } from '../../node/runs/missingShards.ts';
import { shardsOfPart } from '../../node/runs/part.ts';
import type { Shard } from '../../node/runs/plan.ts';
import type { Running } from './running.ts';

/**
 * What is missing of a run, or of the part that was asked for; the destination is only read, and need not be there.
 *
 * @throws ArgumentError `other-run`, `output-exists`.
 */
export const missingOf = async ({ plan, asked, options }: Running): Promise<readonly Shard[]> => {
  const shards = shardsOfPart(plan, asked.part ?? { index: 0, of: 1 });
  const isRemote = /^[a-z][a-z0-9+.-]+:\/\//i.test(options.out);
  if (!isRemote && (await stat(options.out).catch(() => undefined)) === undefined) return shards;
  const destination = await openDestination(options.out, { isReadOnly: true });
  try {
    await checkClaim(destination, plan);
    const done = await doneShards(destination);
    return shards.filter(({ name }) => !done.has(name));
  } finally {
    await destination.close();
  }
};
