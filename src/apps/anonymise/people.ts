import { shown } from '../../checks.ts';
import { ArgumentError } from '../../errors.ts';
import type { Vectors } from './embedder.ts';
import type { Whom } from './ranks.ts';

/**
 * People as numbers, in the order in which they come; without names each image is somebody else.
 *
 * @throws ArgumentError `bad-people`, `too-few-people`.
 */
export const numbered = (people: readonly (string | number)[] | undefined, count: number): readonly number[] => {
  if (people !== undefined && (!Array.isArray(people) || people.length !== count)) {
    const got = Array.isArray(people) ? `${people.length} of them` : shown(people);
    throw new ArgumentError('bad-people', `people must name who is in each of ${count} images, got ${got}`);
  }
  const numbers = new Map<string | number, number>();
  const groups = Array.from({ length: count }, (_, n) => {
    const name = people?.[n] ?? n;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  if (numbers.size >= 2) return groups;
  const rule = 'recognising takes at least 2 people, as one alone is always the nearest';
  throw new ArgumentError('too-few-people', `${rule}; got ${numbers.size} in ${count} images`);
};

/** How often some picture of the same person is among the first of a list in random order, on average over the copies. */
export const chanceOfPerson = (
  ranks: Float64Array,
  { isFound }: Vectors,
  { people, places, first }: Whom & { readonly first: number },
): number => {
  const found = new Map<number, number>();
  for (const [n, is] of isFound.entries()) {
    const person = people[n] as number;
    if (is) found.set(person, (found.get(person) ?? 0) + 1);
  }
  const all = [...found.values()].reduce((sum, count) => sum + count, 0);
  let [sum, count] = [0, 0];
  for (const [row, rank] of ranks.entries()) {
    if (Number.isNaN(rank)) continue;
    const place = places?.[row] ?? row;
    const own = Number(isFound[place]);
    const [others, same] = [all - own, (found.get(people[place] as number) ?? 0) - own];
    let missed = 1;
    for (let k = 0; k < first && k < others; k += 1) missed *= Math.max(0, others - same - k) / (others - k);
    sum += 1 - missed;
    count += 1;
  }
  return count === 0 ? Number.NaN : sum / count;
};
