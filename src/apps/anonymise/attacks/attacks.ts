import type { Recognised } from '../identity.ts';
import type { Replayed } from './replayed.ts';

/** Who is recognised by an attack; absent where nothing could be measured. */
export type Attack = {
  /** Copies whose own original comes first. */
  readonly own?: Recognised;
  /** Copies for which another picture of the person comes first. */
  readonly person?: Recognised;
  /** Copies in which the judge found nobody: they were not measured. */
  readonly notFound: number;
};

/** A search through all originals, or all of their copies, for each copy. */
export type Attacks = {
  /** As anybody searches. */
  readonly plain: Attack;
  /** The copies are sent through the same method again before they are searched for. */
  readonly renoised: Attack;
  /** The originals are sent through the same method before they are searched. */
  readonly parrot: Attack;
  /** The judge's vectors of copies are made more like those of originals, as pairs of other people teach it. */
  readonly mapped: Attack;
};

export type AttackReport = Attacks & {
  /** Candidates are thrown again: among a few of them, so that it compares with chance, and not with the others. */
  readonly replayed: Replayed;
  /** Which of the searches recognises the largest share. */
  readonly worst: { readonly own?: keyof Attacks; readonly person?: keyof Attacks };
};
