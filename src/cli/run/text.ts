import type { Part } from '../../node/runs/part.ts';
import type { Shard } from '../../node/runs/plan.ts';
import { describeSeconds } from '../duration.ts';
import { skippedText } from '../skippedText.ts';
import type { RunReport } from './report.ts';

/** Which part of a run is made here, in a line. */
export const partText = ({ index, of }: Part, shards: readonly Shard[], total: number): string => {
  const [first, last] = [shards[0], shards.at(-1)];
  const own =
    first && last
      ? `${shards.length} of ${total} shards, ${first.name} to ${last.name}`
      : 'no shard, since there are more parts than shards';
  return `part ${index}/${of} (counted from 0): ${own}\n`;
};

/** What a run has done, for people. */
export const runText = ({ place, made, there, shards, missing, seconds, index }: RunReport): string => {
  const before = there > 0 ? `, ${there} were there` : '';
  const did = `made ${made} shards in ${describeSeconds(seconds)}${before}\n`;
  if (index === undefined) {
    return `${did}${missing} of ${shards} shards of ${place} are missing yet; whoever makes the last one finishes the run\n`;
  }
  const { samples, unchanged, failed } = index;
  const left = unchanged > 0 ? `  ${unchanged} samples are images as they were, since no variant passed\n` : '';
  const skipped = skippedText({ skipped: failed, notes: [] });
  return `${did}${place} holds ${samples} samples in ${shards} shards; index.json says where\n${left}${skipped}`;
};
