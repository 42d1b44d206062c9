import { ArgumentError } from '../../errors.ts';
import { shuffled } from '../../random.ts';
import type { Looked } from './look.ts';

/** People by whom strength is chosen, and others by whom it is judged. */
export type Split = {
  /** Places of the images by which strength is chosen, and of how many people they are. */
  readonly choosing: readonly number[];
  readonly choosers: number;
  /** Places of the images that are judged: of nobody by whom strength was chosen, if there are people enough. */
  readonly judging: readonly number[];
  readonly judged: number;
  readonly notes: readonly string[];
};

/** So few people can show a share to be below a target, if not one of them is recognised: 60 for 5 %. */
export const leastPeople = (target: number): number => Math.ceil(3 / target);

/**
 * Checks that there are people enough to show that a target is met.
 *
 * @param seen how many there are, in words.
 * @throws ArgumentError `too-few-people`
 */
export const checkEnough = (people: number, target: number, seen: string): void => {
  const least = leastPeople(target);
  if (people >= least) return;
  const rule = `a re-identification rate of ${target} can be shown with at least ${least} people, or images where people are not known`;
  throw new ArgumentError('too-few-people', `${rule}; ${seen}; add images, or raise the target`);
};

/**
 * Splits people, never images, in two, in an order that depends on nothing but their number.
 *
 * @throws ArgumentError `too-few-people` where there are not enough to show that the target is met.
 * @see Hanley and Lippman-Hand 1983, the rule of three.
 */
export const splitPeople = ({ people, embedded }: Looked, target: number): Split => {
  const usable = people.flatMap((_, place) => (embedded.isFound[place] ? [place] : []));
  const all = shuffled(new Set(usable.map((place) => people[place] as number)), ['anonymise', 'split']);
  const least = leastPeople(target);
  checkEnough(all.length, target, `the embedder finds ${all.length}`);
  const choosers = new Set(all.slice(0, Math.max(least, Math.ceil(all.length / 2))));
  const isAlone = choosers.size === all.length;
  const of = (isChooser: boolean): readonly number[] =>
    usable.filter((place) => choosers.has(people[place] as number) === isChooser);
  const judged = isAlone ? all.length : all.length - choosers.size;
  return {
    choosing: of(true),
    choosers: choosers.size,
    judging: isAlone ? of(true) : of(false),
    judged,
    notes: notesOn({ isAlone, judged, least, target }),
  };
};

type Facts = { readonly isAlone: boolean; readonly judged: number; readonly least: number; readonly target: number };

const notesOn = ({ isAlone, judged, least, target }: Facts): readonly string[] => {
  if (isAlone) return ['there are too few people to judge by others than those by whom the strength was chosen'];
  if (judged >= least) return [];
  const edge = 1 - 0.05 ** (1 / judged);
  const share = `${(100 * edge).toFixed(1)} %`;
  return [
    `${judged} people are left to judge by: they cannot show a rate below ${share}, whatever the target of ${target}`,
  ];
};

/** Images of whole people, up to a number of images, in an order that depends on nothing but their numbers. */
export const somePeople = (places: readonly number[], people: readonly number[], most: number): readonly number[] => {
  const byPerson = new Map<number, number[]>();
  for (const place of places) {
    const person = people[place] as number;
    byPerson.set(person, [...(byPerson.get(person) ?? []), place]);
  }
  const taken: number[] = [];
  for (const [, own] of shuffled(byPerson, ['anonymise', 'sample'])) {
    if (taken.length > 0 && taken.length + own.length > most) continue;
    taken.push(...own);
  }
  return taken.sort((a, b) => a - b);
};
