import type { QueueAddress } from '../../fleet/queueAddress.ts';
import type { RunStatus } from '../../fleet/status.ts';
import { describeSeconds } from '../duration.ts';

const DEAD_SHOWN = 5;

/** How the runs of a queue stand, for people. */
export const statusText = (all: readonly RunStatus[], { shown }: QueueAddress): string =>
  all.length === 0 ? `no run is in the queue at ${shown}\n` : all.map(textOf).join('\n');

const textOf = (run: RunStatus): string => {
  const { id, state, priority, data, destination, model, inQueue, workers } = run;
  const lines = [
    `${id}  ${state}, priority ${priority}: ${data} to ${destination}, with ${model.name}`,
    `  ${howFar(run)}`,
    `  ${inQueue} shards wait or are under way; ${workers} workers for this model`,
    ...(run.isFed ? [] : ['  whoever started it is gone: what waits is made; the same command goes on']),
    ...deadLines(run),
  ];
  return `${lines.join('\n')}\n`;
};

const howFar = ({ progress }: RunStatus): string => {
  if (!progress) return 'nothing is known yet of how far it is';
  const { done, total, failed, perSecond, secondsLeft } = progress;
  const rate = perSecond > 0 ? `, ${perSecond.toFixed(1)} samples a second` : '';
  const left = secondsLeft === undefined ? '' : `, about ${describeSeconds(secondsLeft)} left`;
  return `${done} of ${total} shards are done${rate}${left}${failed > 0 ? `; ${failed} images failed` : ''}`;
};

const deadLines = ({ dead }: RunStatus): string[] => {
  const shown = dead.slice(0, DEAD_SHOWN).map(({ shard, why }) => `    ${shard.name}: ${why}`);
  const more = dead.length > DEAD_SHOWN ? ['    …'] : [];
  return dead.length === 0 ? [] : [`  ${dead.length} shards failed again and again:`, ...shown, ...more];
};
