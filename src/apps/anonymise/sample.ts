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
  throw new ArgumentError(
    'too-few-people',
    `${rule}; ${seen}; add images, raise the target, or take an embedder that finds more`,
  );
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

export type Sampling = {
  /** Who is in each image, by place. */
  readonly people: readonly number[];
  /** How many images, at most. */
  readonly most: number;
  /** How many people there must be among them, if there are as many. */
  readonly least: number;
};

/**
 * Images of whole people, up to a number of images, in an order that depends on nothing but their numbers. Where people
 * have so many images that too few of them would be among those, each has only some.
 */
export const somePeople = (places: readonly number[], { people, most, least }: Sampling): readonly number[] => {
  const byPerson = new Map<number, number[]>();
  for (const place of places) {
    const person = people[place] as number;
    const own = byPerson.get(person);
    if (own) own.push(place);
    else byPerson.set(person, [place]);
  }
  const order = shuffled(byPerson.values(), ['anonymise', 'sample']);
  const wanted = Math.min(least, order.length);
  const whole = upTo(most, order);
  const few = Math.max(1, Math.floor(most / Math.max(1, wanted)));
  const taken =
    whole.length >= wanted
      ? whole
      : upTo(
          Math.max(most, wanted),
          order.map((own) => own.slice(0, few)),
        );
  return taken.flat().sort((a, b) => a - b);
};

/** Lists one after another that have not more than so many items together, but for the first. */
const upTo = (most: number, lists: readonly (readonly number[])[]): readonly (readonly number[])[] => {
  let count = 0;
  return lists.filter(({ length }, n) => {
    if (n > 0 && count + length > most) return false;
    count += length;
    return true;
  });
};
