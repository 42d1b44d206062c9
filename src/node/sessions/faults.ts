import { CheckpointError, EnvironmentError } from '../../errors.ts';
import type { Batch } from './batches.ts';
import { isDeviceLost } from './device.ts';
import { halve, isOutOfMemory, outOfMemory } from './outOfMemory.ts';
import type { Place, Pool } from './pool.ts';
import type { Reply } from './protocol.ts';

type Failed = Reply & { readonly kind: 'failed' };

/** Whether a batch that failed is tried in smaller ones. A GPU has many words for too large a batch; what is wrong with the graph or the feeds shows at one row as well. */
export const isHalved = (pool: Pool, batch: Batch, { message }: Failed): boolean => {
  if (isOutOfMemory(message)) return halve(pool, batch, 'there is no memory for');
  const { device } = pool.place;
  return device !== 'cpu' && !isDeviceLost(message) && halve(pool, batch, `${device} cannot run (${message})`);
};

/** What a session said when it failed, in one line with what to do. */
export const faultOf = ({ place }: Pool, act: string, acted: string, { code, message }: Failed): Error => {
  if (isOutOfMemory(message))
    return outOfMemory(`${act} ${act === 'run' ? 'a batch of 1 on ' : ''}${place.graph}`, message);
  if (place.device !== 'cpu') return gpuFault(place, acted, message);
  return refusal(code, `${act} ${place.graph}`, message);
};

const refusal = (code: string, what: string, said: string): CheckpointError =>
  new CheckpointError(code, `cannot ${what}: ${said.replaceAll(/\s*\n\s*/g, ' ')}`);

const ABSENT = /WebGPU adapter|No supported adapters|backend not found|load (shared )?library/i;

/** What a GPU's engine refused to do, in one line. */
const gpuFault = ({ device, graph }: Place, what: string, said: string): EnvironmentError => {
  const message = said.replaceAll(/\s*\n\s*/g, ' ');
  if (isDeviceLost(said)) {
    const remedy = 'start the process anew, or say { device: "auto" } to go on on the processor in such a case';
    return new EnvironmentError(
      'device-lost',
      `the GPU was lost while ${device} ${what} ${graph} (${message}); ${remedy}`,
    );
  }
  if (ABSENT.test(said)) {
    const remedy = '`boomerang doctor` lists what there is; say { device: "cpu" } for the processor';
    const reason = /(Failed|No) [^.]*$/.exec(message.trim())?.[0] ?? message; // before it come places in its sources
    return new EnvironmentError('no-device', `${device} found nothing to compute on (${reason}); ${remedy}`);
  }
  const remedy = 'say { device: "cpu" } for the processor, or { device: "auto" } to go on there in such a case';
  return new EnvironmentError('device-failed', `${device} failed when it ${what} ${graph}: ${message}; ${remedy}`);
};
