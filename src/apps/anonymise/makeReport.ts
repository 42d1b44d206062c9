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
  const risk = Math.max(judged.identity.own.rank1?.high ?? 1, judged.identity.person.rank1?.high ?? 0);
  return {
    version: 1,
    model: { name: about.model, digest: model.digest, engine: model.engine },
    versions: about.versions,
    embedder: embed.id ?? 'a function',
    judge: judge.id ?? 'another function',
    ...{ target, per, noFace },
    region: typeof region === 'string' ? region : 'mask' in region ? 'mask' : 'boxes',
    chosen: chosenOf(ran, risk),
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
    notes: [...split.notes, ...notesOn(run, { risk, split })],
  };
};

const chosenOf = ({ aim, curve }: Ran, judged: number): Chosen => {
  if ('threshold' in aim) return { threshold: aim.threshold, risk: judged };
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

const notesOn = (
  { target, judge, region, originals }: Run,
  { risk, split }: { readonly risk: number; readonly split: Ran['split'] },
) => {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const missed = `the judge recognises up to ${percent(risk)} of the people it was shown, more than the target of ${percent(target)}`;
  return [
    ...(risk > target ? [missed] : []),
    ...(originals.people === undefined
      ? [
          'it is not known who is in the images: each counts as somebody else, and nothing is known of several pictures of one person',
        ]
      : []),
    ...(region === 'faces'
      ? [
          `of several faces in a picture all are changed, and the largest is the one that ${judge.id ?? 'the judge'} looks at`,
        ]
      : []),
    ...(split.judging.length === 0 ? ['nobody was left to judge'] : []),
  ];
};
