import { type EpochLog, readLine } from './line.ts';

/** What a log says. */
export type ReadRun = {
  /** In order; of several lines of an epoch the last one that holds. */
  readonly epochs: readonly EpochLog[];
  /** Lines that are damaged and were left out. */
  readonly damaged: number;
  /** Whether its last line is not whole, as one is that is being written; it is left out. */
  readonly isPartial: boolean;
};

/** The epochs of a log: one is void when a process began anew at it or before it. */
export const epochsIn = (text: string): ReadRun => {
  const lines = text.split('\n');
  const isPartial = lines.pop() !== '';
  const epochs = new Map<number, EpochLog>();
  let damaged = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const read = readLine(line);
    if (read === undefined) {
      damaged += 1;
      continue;
    }
    if (read.begins) for (const epoch of [...epochs.keys()]) if (epoch >= read.epoch) epochs.delete(epoch);
    epochs.set(read.epoch, read);
  }
  return { epochs: [...epochs.values()].sort((a, b) => a.epoch - b.epoch), damaged, isPartial };
};
