import type { Vectors } from './embedder.ts';
import { eachSimilarity } from './similarities.ts';

/** What a search for each copy among all originals finds; NaN where it was not measured. */
export type Ranks = {
  /** Of each copy to its own original. */
  readonly similarity: Float64Array;
  /** Where its own original stands, from 1 on. Whoever is just as near comes later: doubts count as recognised. */
  readonly own: Float64Array;
  /** Where the nearest other picture of its person stands among all pictures but its own. */
  readonly person: Float64Array;
};

/** Who is who in a search. */
export type Whom = {
  /** Of each original the number of its person. */
  readonly people: ArrayLike<number>;
  /** Of each copy the number of its original among the originals. By default copies are as many, in their order. */
  readonly places?: ArrayLike<number>;
};

/** Searches for every copy among originals, of which one is its own. */
export const findRanks = async (copies: Vectors, originals: Vectors, { people, places }: Whom): Promise<Ranks> => {
  const empty = (): Float64Array => new Float64Array(copies.count).fill(Number.NaN);
  const ranks: Ranks = { similarity: empty(), own: empty(), person: empty() };
  await eachSimilarity(copies, originals, (row, similarities) => {
    if (!copies.isFound[row]) return;
    const place = places?.[row] ?? row;
    const search = { place, similarities, isFound: originals.isFound, people };
    if (originals.isFound[place]) {
      const own = similarities[place] as number;
      ranks.similarity[row] = own;
      ranks.own[row] = 1 + nearer(search, own, (n) => n !== place);
    }
    const person = nearestOfPerson(search);
    if (person !== undefined) ranks.person[row] = 1 + nearer(search, person, (n) => people[n] !== people[place]);
  });
  return ranks;
};

type Search = {
  /** Where the copy's own original stands. */
  readonly place: number;
  readonly similarities: Float32Array;
  readonly isFound: readonly boolean[];
  readonly people: ArrayLike<number>;
};

const nearer = ({ similarities, isFound }: Search, than: number, counts: (n: number) => boolean): number => {
  let sum = 0;
  for (let n = 0; n < similarities.length; n += 1) {
    if ((similarities[n] as number) > than && isFound[n] && counts(n)) sum += 1;
  }
  return sum;
};

const nearestOfPerson = ({ place, similarities, isFound, people }: Search): number | undefined => {
  let nearest: number | undefined;
  for (let n = 0; n < similarities.length; n += 1) {
    if (n === place || people[n] !== people[place] || !isFound[n]) continue;
    nearest = Math.max(nearest ?? -1, similarities[n] as number);
  }
  return nearest;
};

/** Of each rank whether it is among the first so many; what was not measured stays so. */
export const among = (ranks: Float64Array, first: number): Float64Array =>
  ranks.map((rank) => (Number.isNaN(rank) ? rank : Number(rank <= first)));
