import type { Vectors } from '../../src/apps/anonymise/embedder.ts';
import { someVectors } from '../../src/apps/anonymise/vectors.ts';
import type { Classifier } from '../../src/index.ts';
import { shuffled } from '../../src/random.ts';
import { measureWay, type WayFigures } from './measureWay.ts';
import type { PictureSet } from './pictures.ts';
import { NAMES, nameOf, type Way } from './ways.ts';

/** One way of making copies: the copies, and what each judge saw in them. */
export type Tried = {
  readonly way: Way;
  readonly copies: Omit<PictureSet, 'people'>;
  readonly seen: Readonly<Record<string, Vectors>>;
};

export type Material = {
  readonly originals: PictureSet;
  /** Of all originals, by judge. */
  readonly seen: Readonly<Record<string, Vectors>>;
  /** Which originals have copies; vectors of copies are in this order. */
  readonly places: readonly number[];
  readonly tried: readonly Tried[];
  readonly classify?: Classifier;
  readonly labels?: readonly number[];
};

/** What one judge makes of one way, on all people. */
export type CurveRow = { readonly judge: string } & Way & WayFigures;

/** A way whose level one embedder chose on half of the people, judged by the other one on the other half. */
export type ChosenRow = {
  readonly target: number;
  readonly chosenBy: string;
  readonly name: Way['name'];
  /** Absent where no level met the target. */
  readonly level?: number;
  readonly judged?: WayFigures;
};

export type Study = {
  readonly images: number;
  readonly people: number;
  readonly gallery: number;
  /** Of originals: how many each judge finds somebody in. */
  readonly foundInOriginals: Readonly<Record<string, number>>;
  readonly curves: readonly CurveRow[];
  readonly chosen: readonly ChosenRow[];
};

export const TARGETS = [0.05, 0.1] as const;

/** Measures all that was tried. */
export const studyOf = async (material: Material): Promise<Study> => {
  const { originals, places, seen } = material;
  const people = [...new Set(places.map((place) => originals.people[place] as string))];
  const curves: CurveRow[] = [];
  for (const judge of Object.keys(seen)) {
    for (const tried of material.tried) {
      curves.push({ judge, ...tried.way, ...(await figures(material, { tried, judge, rows: [...places.keys()] })) });
    }
  }
  return {
    images: places.length,
    people: people.length,
    gallery: originals.people.length,
    foundInOriginals: Object.fromEntries(
      Object.entries(seen).map(([judge, { isFound }]) => [judge, isFound.filter(Boolean).length]),
    ),
    curves: curves.sort((a, b) => `${a.judge} ${a.name}`.localeCompare(`${b.judge} ${b.name}`) || a.level - b.level),
    chosen: await chooseAll(material, people),
  };
};

type Asked = { readonly tried: Tried; readonly judge: string; readonly rows: readonly number[] };

const figures = (material: Material, { tried, judge, rows }: Asked): Promise<WayFigures> => {
  const { originals, seen, places, classify, labels } = material;
  return measureWay({
    ...{ originals, copies: tried.copies, before: seen[judge] as Vectors },
    after: someVectors(tried.seen[judge] as Vectors, rows),
    rows,
    places: rows.map((row) => places[row] as number),
    ...(classify ? { classify } : {}),
    ...(labels ? { labels } : {}),
  });
};

const chooseAll = async (material: Material, people: readonly string[]): Promise<readonly ChosenRow[]> => {
  const choosers = new Set(shuffled(people, ['anonymise-proof', 'split']).slice(0, Math.ceil(people.length / 2)));
  const { originals, places, seen } = material;
  const rowsOf = (isChooser: boolean): readonly number[] =>
    [...places.keys()].filter((row) => choosers.has(originals.people[places[row] as number] as string) === isChooser);
  const rows: ChosenRow[] = [];
  for (const chosenBy of Object.keys(seen)) {
    const judge = Object.keys(seen).find((name) => name !== chosenBy);
    if (judge === undefined) continue;
    const risks = new Map<string, number>();
    for (const tried of material.tried) {
      const { risk } = await figures(material, { tried, judge: chosenBy, rows: rowsOf(true) });
      risks.set(nameOf(tried.way), risk);
    }
    for (const target of TARGETS) {
      for (const name of NAMES) {
        const rising = material.tried.filter(({ way }) => way.name === name).sort((a, b) => a.way.level - b.way.level);
        if (rising.length === 0) continue;
        const tried = rising.find(({ way }) => (risks.get(nameOf(way)) as number) <= target);
        const judged = tried && (await figures(material, { tried, judge, rows: rowsOf(false) }));
        rows.push({
          target,
          chosenBy,
          name,
          ...(tried ? { level: tried.way.level } : {}),
          ...(judged ? { judged } : {}),
        });
      }
    }
  }
  return rows;
};
