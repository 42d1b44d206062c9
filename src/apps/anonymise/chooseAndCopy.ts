import { type CurvePoint, measureCurve, type Sample } from './choose.ts';
import { chooseStrength } from './chooseStrength.ts';
import { chooseThreshold } from './chooseThreshold.ts';
import { type Copied, copyAll } from './copyAll.ts';
import type { Aim } from './letGo.ts';
import { type Looked, lookAtAll } from './look.ts';
import type { Picture } from './regions/regions.ts';
import type { Run } from './run.ts';
import { leastPeople, type Split, somePeople, splitPeople } from './sample.ts';

/** Everything that a run found out and did. */
export type Ran = {
  readonly looked: Looked;
  readonly split: Split;
  /** Images by which strength was chosen. */
  readonly chosenBy: readonly number[];
  readonly curve: readonly CurvePoint[];
  readonly aim: Aim;
  readonly copied: Copied;
};

/**
 * Looks at all originals, finds how far they must go, and makes their copies.
 *
 * @throws ArgumentError `too-few-people`, `target-not-met`, before anything is written; what embedders and models throw.
 */
export const chooseAndCopy = async (run: Run): Promise<Ran> => {
  const looked = await lookAtAll(run);
  const split = splitPeople(looked, run.target);
  const sampling = { people: looked.people, most: run.sample, least: leastPeople(run.target) };
  const chosenBy = somePeople(ofOneSize(looked, split.choosing), sampling);
  const sample = { places: chosenBy, pictures: await readPictures(run, chosenBy) };
  const measured = await measureCurve(run, looked, sample);
  const curve = measured.map(({ point }) => point);
  const { per, target } = run;
  const aim =
    per === 'set'
      ? { strength: chooseStrength(curve, target).strength }
      : await chooseThreshold(looked, { measured, sample, target });
  return { looked, split, chosenBy, curve, aim, copied: await copyAll(run, looked, aim) };
};

/** The images that have the most frequent of all sizes: those of others cannot be compared with them in one tensor. */
export const ofOneSize = ({ shapes }: Looked, places: readonly number[]): readonly number[] => {
  const bySize = new Map<string, number[]>();
  for (const place of places) {
    const size = String(shapes[place]);
    const own = bySize.get(size);
    if (own) own.push(place);
    else bySize.set(size, [place]);
  }
  return [...bySize.values()].reduce((most, own) => (own.length > most.length ? own : most), []);
};

/** Images that can be read, in memory. */
export const readPictures = async (
  { originals }: Pick<Run, 'originals'>,
  places: Sample['places'],
): Promise<Picture[]> => {
  const pictures: Picture[] = [];
  for await (const { picture } of originals.read(places)) if (picture) pictures.push(picture);
  return pictures;
};
