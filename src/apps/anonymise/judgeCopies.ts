import { ofOneSize, type Ran, readPictures } from './chooseAndCopy.ts';
import type { Outcome } from './fates.ts';
import type { IdentityReport } from './identity.ts';
import { identityOf } from './identityOf.ts';
import { classesAt, sideBySide } from './pairs.ts';
import type { Picture } from './regions/regions.ts';
import type { Run } from './run.ts';
import { somePeople } from './sample.ts';
import { type Utility, utilityOf } from './utility.ts';
import { someVectors } from './vectors.ts';

/** What the judge makes of the copies of people by whom strength was not chosen. */
export type Judged = {
  readonly images: number;
  /** Of all copies, searched for among all originals. */
  readonly identity: IdentityReport;
  /** Of some of the copies. */
  readonly utility: Utility;
};

/** Copies that the judge looked at: those in which it found nobody were not measured. */
const isLookedAt = ({ fate }: Outcome): boolean => fate === 'written' || fate === 'copy-unjudged';

/** Judges copies; undefined where those that were handed on are not of two people at least. */
export const judgeCopies = async (run: Run, ran: Ran): Promise<Judged | undefined> => {
  const { looked, copied, split } = ran;
  const places = split.judging.filter((place) => isLookedAt(copied.outcomes[place] as Outcome));
  const some = judgedSample(ran, run.sample);
  if (new Set(some.map((place) => looked.people[place])).size < 2) return undefined;
  const seen = someVectors(copied.vectors, places);
  return {
    images: places.length,
    identity: await identityOf(looked.judged, seen, { people: looked.people, places }),
    utility: await sideBySide(await readPictures(run, some), await readCopies(run, some), (originals, copies) =>
      utilityOf(originals, copies, { ...seenAt(ran, some), ...classesAt(run, some) }),
    ),
  };
};

/** Fewer people tell next to nothing. */
const LEAST = 10;

/** Some of the copies that were handed on, of people by whom strength was not chosen, all of one size. */
export const judgedSample = ({ looked, copied, split }: Ran, most: number): readonly number[] => {
  const written = split.judging.filter((place) => copied.outcomes[place]?.fate === 'written');
  return somePeople(ofOneSize(looked, written), { people: looked.people, most, least: LEAST });
};

export const readCopies = async ({ copies }: Run, places: readonly number[]): Promise<Picture[]> => {
  const pictures: Picture[] = [];
  for (const place of places) pictures.push(await copies.read(place));
  return pictures;
};

/** What the judge saw in originals and copies at some places, and who is in them. */
export const seenAt = ({ looked, copied }: Ran, places: readonly number[]) => ({
  before: someVectors(looked.judged, places),
  after: someVectors(copied.vectors, places),
  people: places.map((place) => looked.people[place] as number),
});
