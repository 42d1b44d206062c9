import type { Ran } from './chooseAndCopy.ts';
import { FATES, type Outcome } from './fates.ts';
import type { Judged } from './judgeCopies.ts';
import { recognise } from './recognition.ts';
import { type AnonymityReport, type Chosen, type Counts, summaryOf } from './report.ts';
import type { Run } from './run.ts';
import { someVectors } from './vectors.ts';

/** What a report says of all that took part, by name. */
export type About = { readonly model: string; readonly versions: Readonly<Record<string, string>> };

type Parts = { readonly judged: Judged; readonly about: About };

/** What a run measured, in plain data. */
export const makeReport = async (run: Run, ran: Ran, { judged, about }: Parts): Promise<AnonymityReport> => {
  const { model, embed, judge, target, per, region, noFace } = run;
  const { split, curve, chosenBy, copied, looked } = ran;
  return {
    version: 1,
    model: { name: about.model, digest: model.digest, engine: model.engine },
    versions: about.versions,
    embedder: embed.id ?? 'a function',
    judge: judge.id ?? 'another function',
    ...{ target, per, noFace },
    region: typeof region === 'string' ? region : 'mask' in region ? 'mask' : 'boxes',
    chosen: chosenOf(ran),
    split: {
      choosing: { images: chosenBy.length, people: new Set(chosenBy.map((place) => looked.people[place])).size },
      judging: { images: judged.images, people: judged.identity.people },
    },
    curve,
    baseline: await baselineOf(ran),
    identity: summaryOf(judged.identity),
    utility: judged.utility,
    counts: countsOf(copied.outcomes, looked.same),
    ...(per === 'image' ? { tries: triesOf(copied.outcomes) } : {}),
    notes: [...split.notes, ...notesOn(run)],
  };
};

const chosenOf = ({ aim, curve }: Ran): Chosen => {
  if ('threshold' in aim) return aim;
  const { risk } = curve.find(({ strength }) => strength === aim.strength) as { readonly risk: number };
  return { strength: aim.strength, risk };
};

/** What the embedder that chooses makes of the untouched images, and chance. */
const baselineOf = async ({ looked, chosenBy }: Ran): Promise<NonNullable<AnonymityReport['baseline']>> => {
  const { embedded, people } = looked;
  const { own, person } = await recognise(someVectors(embedded, chosenBy), embedded, {
    people,
    places: chosenBy,
    path: ['anonymise', 'untouched'],
  });
  return {
    ...(own.rank1 ? { chance: own.rank1.chance } : {}),
    ...(person.rank1 ? { untouched: person.rank1.share } : {}),
  };
};

const countsOf = (outcomes: readonly Outcome[], same: readonly number[]): Counts => {
  const of = (fate: string): number => outcomes.filter((one) => one.fate === fate).length;
  return {
    images: outcomes.length,
    fates: Object.fromEntries(FATES.map((fate) => [fate, of(fate)])) as Counts['fates'],
    duplicates: same.filter((first, place) => first !== place).length,
  };
};

const triesOf = (outcomes: readonly Outcome[]): NonNullable<AnonymityReport['tries']> => {
  const counts = new Map<number, number>();
  for (const { fate, tries } of outcomes) {
    if (fate === 'written' && tries !== undefined) counts.set(tries, (counts.get(tries) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([tries, images]) => ({ tries, images }));
};

const notesOn = ({ judge, region, originals }: Run): readonly string[] => [
  ...(originals.people === undefined
    ? ['it is not known who is in the images: each counts as somebody else, and none as another picture of a person']
    : []),
  ...(region === 'faces'
    ? [`of several faces in a picture all are changed, and ${judge.id ?? 'the judge'} looks at the largest`]
    : []),
];
