import type { FailedImage } from '../node/runs/shardRecord.ts';
import type { Feeder } from './feeder.ts';
import { type Progress, startRate } from './progress.ts';
import type { TaskResult } from './task.ts';
import type { DeadLetter } from './waiting.ts';

/** What came out of a run's tasks, since whoever feeds it began. */
export type Tally = {
  add(result: TaskResult): void;
  /** Images that gave nothing, each once, those of dead shards included. */
  failed(): readonly FailedImage[];
  progress(workers: number): Progress;
};

/** @param total shards of the run. */
export const startTally = (feeder: Feeder, total: number): Tally => {
  const rate = startRate();
  const images = new Map<number, FailedImage>();
  let [samples, shards] = [0, 0];
  const failed = (): readonly FailedImage[] => {
    const all = new Map(images);
    for (const one of feeder.dead().flatMap(imagesOf)) if (!all.has(one.place)) all.set(one.place, one);
    return [...all.values()];
  };
  return {
    add(result) {
      for (const one of result.failed) images.set(one.place, one);
      if (result.outcome === 'there') return;
      samples += result.samples;
      shards += 1;
      rate.add(result.samples);
    },
    failed,
    progress(workers) {
      const perSecond = rate.perSecond();
      const left = feeder.left();
      const secondsLeft = (left * samples) / (shards * perSecond); // shards are of one size, but for the last
      return {
        done: total - left - feeder.dead().length,
        total,
        samples,
        failed: failed().length,
        perSecond,
        ...(Number.isFinite(secondsLeft) ? { secondsLeft } : {}),
        workers,
      };
    },
  };
};

const imagesOf = ({ shard: { name, first, count }, why }: DeadLetter): FailedImage[] =>
  Array.from({ length: count }, (_, n) => ({ place: first + n, name: `shard ${name}`, why }));
