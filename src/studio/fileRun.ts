import { timeText } from './runTime.ts';

/** A run that writes variants to files, as its destination tells it: what `boomerang run` makes. */
export type FileRun = {
  /** Of its folder. */
  readonly name: string;
  /** `still` where it is not finished, and nobody has said for a while that it goes on. */
  readonly state: 'going' | 'still' | 'finished';
  /** Shards that are there, and all. */
  readonly done: number;
  readonly total: number;
  /** Samples that are there; absent where nobody has counted them. */
  readonly samples?: number;
  /** Samples of the whole run, if none fails. */
  readonly of: number;
  /** Images of which no sample could be made; absent where nobody has counted them. */
  readonly failed?: number;
  /** Images a second, of all that work on it; absent where nothing is under way. */
  readonly perSecond?: number;
  readonly workers?: number;
  readonly secondsLeft?: number;
};

/** What is said of a run, from top to bottom: a name and what is to be said. */
export type Fact = { readonly name: string; readonly text: string };

const STATES: Readonly<Record<FileRun['state'], string>> = {
  going: 'under way',
  still: 'no sign of work; the same command goes on with it',
  finished: 'finished',
};

export const stateText = ({ state }: FileRun): string => STATES[state];

/** What a run has made, and how it goes on. */
export const factsOf = (run: FileRun): readonly Fact[] => {
  const { done, total, samples, of, failed, perSecond, workers, secondsLeft } = run;
  const made =
    samples === undefined ? `${counted(done)} of ${counted(total)} shards` : `${counted(samples)} of ${counted(of)}`;
  return [
    { name: samples === undefined ? 'Made' : 'Samples', text: made },
    ...(failed === undefined ? [] : [{ name: 'Images that failed', text: failed === 0 ? 'none' : counted(failed) }]),
    ...(workers === undefined ? [] : [{ name: 'Workers', text: counted(workers) }]),
    ...(perSecond === undefined ? [] : [{ name: 'Images a second', text: speed(perSecond) }]),
    ...(secondsLeft === undefined ? [] : [{ name: 'Time left', text: timeText(secondsLeft) }]),
  ];
};

/** With commas between thousands, wherever the browser is. */
const counted = (count: number): string => count.toLocaleString('en-GB');

/** Two digits, or all before the point; 0 where nothing was measured yet. */
const speed = (perSecond: number): string => {
  if (perSecond === 0) return 'not known yet';
  return perSecond >= 10 ? counted(Math.round(perSecond)) : String(Number(perSecond.toPrecision(2)));
};
