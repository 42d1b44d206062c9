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

/** Epochs with another one: it takes its place, and where a process begins anew, that of all that came after as well. */
export const withEpoch = (epochs: readonly EpochLog[], next: EpochLog): EpochLog[] => {
  const isVoid = ({ epoch }: EpochLog): boolean => (next.begins ? epoch >= next.epoch : epoch === next.epoch);
  return [...epochs.filter((one) => !isVoid(one)), next].sort((a, b) => a.epoch - b.epoch);
};

/** The epochs of a log. */
export const epochsIn = (text: string): ReadRun => {
  const lines = text.split('\n');
  const isPartial = lines.pop() !== '';
  let epochs: EpochLog[] = [];
  let damaged = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const read = readLine(line);
    if (read === undefined) damaged += 1;
    else epochs = withEpoch(epochs, read);
  }
  return { epochs, damaged, isPartial };
};
