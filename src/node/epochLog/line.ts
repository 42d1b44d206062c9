import * as v from 'valibot';
import type { EpochEnd } from '../../transforms/boomerang/epochEnds.ts';

/** An epoch of a run: a line of JSON in its log. */
export type EpochLog = {
  readonly epoch: number;
  /** Images that came; with 0 of them the epoch says nothing. */
  readonly images: number;
  /** Mean strength of what was thrown; 0 where nothing was. */
  readonly strength: number;
  /** Share of the images that were changed. */
  readonly changed: number;
  /** Share of the variants that the classifier of `keep` still put into their class, before any was left out. */
  readonly labelsKept?: number;
  /** What the measure of an adaptive strength gave, or else that of an adaptive probability. */
  readonly measured?: number;
  readonly loss?: number;
  /** Which of `loss` and `measured` was no finite number, and is left out for that. */
  readonly notFinite?: readonly string[];
  /** Whether this is the first line of a process: what an earlier one wrote of this epoch and later ones is void. */
  readonly begins?: boolean;
  /** When it was written: ISO 8601, in UTC. */
  readonly time: string;
};

export const logOf = ({ logs, measured, ...ended }: EpochEnd, begins: boolean, time: Date): EpochLog => {
  const wanted = { measured: measured.strength ?? measured.probability, loss: logs?.['loss'] };
  const there = Object.entries(wanted).filter(([, value]) => value !== undefined);
  const notFinite = there.flatMap(([name, value]) => (Number.isFinite(value) ? [] : [name]));
  return {
    epoch: ended.epoch,
    images: ended.images,
    strength: ended.strength,
    changed: ended.changed / Math.max(1, ended.images),
    ...(ended.labelsKept === undefined ? {} : { labelsKept: ended.labelsKept }),
    ...Object.fromEntries(there.filter(([name]) => !notFinite.includes(name))),
    ...(notFinite.length > 0 ? { notFinite } : {}),
    ...(begins ? { begins } : {}),
    time: time.toISOString(),
  };
};

const finite = v.pipe(v.number(), v.finite());
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** Later versions may say more of an epoch, which this one leaves alone. */
const schema = v.object({
  epoch: v.pipe(v.number(), v.integer(), v.minValue(0)),
  images: v.pipe(v.number(), v.integer(), v.minValue(0)),
  strength: share,
  changed: share,
  labelsKept: v.optional(share),
  measured: v.optional(finite),
  loss: v.optional(finite),
  notFinite: v.optional(v.array(v.string())),
  begins: v.optional(v.boolean()),
  time: v.pipe(v.string(), v.isoTimestamp()),
});

/** The epoch of a line; undefined for a line that is damaged. */
export const readLine = (line: string): EpochLog | undefined => {
  try {
    const { success, output } = v.safeParse(schema, JSON.parse(line));
    return success ? (output as EpochLog) : undefined;
  } catch {
    return undefined;
  }
};
