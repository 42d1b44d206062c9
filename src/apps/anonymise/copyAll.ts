import type { Vectors } from './embedder.ts';
import { type Fate, isWritten, type Outcome, togetherOrNotAtAll } from './fates.ts';
import { type Aim, type Going, type Gone, letGo } from './letGo.ts';
import { embedPictures, type Looked } from './look.ts';
import type { Picture } from './regions/regions.ts';
import { batchesOfPlaces, type Made, type Run } from './run.ts';
import { regionsOf } from './toThrow.ts';
import { joinVectors, someVectors } from './vectors.ts';

/** What became of some or all originals, in their order, and what the judge sees in the copies. */
export type Copied = { readonly outcomes: readonly Outcome[]; readonly vectors: Vectors };

/** Makes the copies of all originals, batch by batch, and writes those that the judge could look at. */
export const copyAll = async (run: Run, looked: Looked, aim: Aim): Promise<Copied> => {
  const batches = batchesOfPlaces(run.originals.count);
  const made: Copied[] = [];
  const before: Outcome[] = [];
  for (const [n, places] of batches.entries()) {
    run.signal?.throwIfAborted();
    const batch = await run.journal(`copies ${n}`, () => copyBatch(run, looked, { places, aim, before }));
    before.push(...batch.outcomes);
    made.push(batch);
    run.onProgress('copying', (n + 1) / batches.length);
  }
  return {
    outcomes: togetherOrNotAtAll(before, looked.same),
    vectors: joinVectors(made.map(({ vectors }) => vectors)),
  };
};

type Work = {
  readonly places: readonly number[];
  readonly aim: Aim;
  /** What became of all originals before these, by place. */
  readonly before: readonly Outcome[];
};

const copyBatch = async (run: Run, looked: Looked, { places, aim, before }: Work): Promise<Copied> => {
  const outcomes = new Map<number, Outcome>();
  const copies = new Map<number, Picture>();
  const going: Going[] = [];
  for await (const { place, picture } of run.originals.read(places)) {
    const first = before[looked.same[place] as number];
    const fate = picture === undefined ? 'unreadable' : fateBefore(run, looked, { place, first });
    if (picture && (fate === 'written' || fate === 'whole')) going.push({ place, picture, fate, first });
    else outcomes.set(place, { place, fate });
    if (picture && fate === 'copied') copies.set(place, picture);
  }
  const gone = await letGo(run, looked, { aim, going });
  for (const one of gone) outcomes.set(one.outcome.place, one.outcome);
  const judged = await judgeCopies(run, { gone, outcomes, copies });
  for (const [place, picture] of copies) await run.copies.write(place, picture, madeOf(run, outcomes.get(place)));
  return {
    outcomes: places.map((place) => outcomes.get(place) as Outcome),
    vectors: someVectors(
      judged.vectors,
      places.map((place) => judged.rows.get(place)),
    ),
  };
};

const madeOf = ({ region }: Run, outcome: Outcome | undefined): Made => {
  if (outcome?.fate === 'copied') return 'nothing';
  return outcome?.fate === 'whole' || region === 'whole' ? 'whole' : 'regions';
};

type Before = { readonly place: number; readonly first: Outcome | undefined };

/** What is to become of an original, by what was seen of it; `written` and `whole` still have to be thrown. */
const fateBefore = (run: Run, looked: Looked, { place, first }: Before): Fate => {
  if (regionsOf(run, looked, place) === undefined) {
    return run.noFace === 'skip' ? 'no-face' : run.noFace === 'copy' ? 'copied' : 'whole';
  }
  if (!looked.judged.isFound[place]) return 'original-unjudged';
  return first && !isWritten(first) ? 'duplicate' : 'written';
};

type Judging = {
  readonly gone: readonly Gone[];
  readonly outcomes: Map<number, Outcome>;
  readonly copies: Map<number, Picture>;
};

/** Shows the judge what returned, and takes for copies what it finds somebody in. */
const judgeCopies = async (run: Run, { gone, outcomes, copies }: Judging) => {
  const back = gone.flatMap(({ outcome, copy }) => (copy ? [{ outcome, copy }] : []));
  const vectors = await embedPictures(
    back.map(({ copy }) => copy),
    run.judge,
    'copies',
  );
  const rows = new Map<number, number>();
  for (const [row, { outcome, copy }] of back.entries()) {
    const { place, fate } = outcome;
    rows.set(place, row);
    if (fate === 'written' && !vectors.isFound[row]) outcomes.set(place, { ...outcome, fate: 'copy-unjudged' });
    else copies.set(place, copy);
  }
  return { vectors, rows };
};
