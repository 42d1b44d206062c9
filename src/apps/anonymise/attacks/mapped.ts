import { Matrix } from 'ml-matrix';
import { shuffled } from '../../../random.ts';
import type { Vectors } from '../embedder.ts';
import { findRanks, type Whom } from '../ranks.ts';
import { groupsOf } from '../recognition.ts';
import { someVectors } from '../vectors.ts';
import { learnMap, type VectorMap } from './linearMap.ts';

/** Parts of the people; the map for each is learned on the others. */
const FOLDS = 5;
/** How strongly a map is held back, from the most to the least; where some do equally well, the first is taken. */
const RIDGES = [Number.POSITIVE_INFINITY, 10, 1, 0.1, 0.01] as const;

export type MapOptions = Whom & {
  /** Pairs that a map is learned from, at most: the time goes with their third power. @defaultValue 1000 */
  readonly most?: number;
};

/**
 * Copies in the eyes of an attacker who has pairs of other people's originals and copies, and learned from them how an
 * embedder's vectors of copies must be changed to become those of originals. Nobody's own pairs are learned from: the map
 * for each fifth of the people comes from the other ones, and how strongly it is held back is chosen among those only.
 *
 * @returns vectors of the copies, of length 1; not found where the copy was not, or where nothing could be learned.
 */
export const mapVectors = async (after: Vectors, before: Vectors, options: MapOptions): Promise<Vectors> => {
  const { most = 1000, ...whom } = options;
  const groups = groupsOf(after, whom);
  const pairs = pairsOf(after, before, whom);
  const folds = foldsOf(groups, FOLDS);
  const data = new Float32Array(after.data.length);
  const isFound = after.isFound.map(() => false);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const isHeld = (row: number): boolean => folds.get(groups[row] as number) === fold;
    const known = pairs.rows.filter((row) => !isHeld(row)).slice(0, most);
    const asked = groups.flatMap((_, row) => (isHeld(row) && after.isFound[row] ? [row] : []));
    if (known.length === 0 || asked.length === 0) continue;
    const map = learn(pairs, known)(await chooseRidge(pairs, known, groups));
    const made = map(matrixOf(after, asked));
    for (const [n, row] of asked.entries()) {
      data.set(unit(made.getRow(n)), row * after.width);
      isFound[row] = true;
    }
  }
  return { ...after, data, isFound };
};

type Pairs = {
  readonly copies: Vectors;
  /** The original of each copy, in the order of the copies. */
  readonly originals: Vectors;
  /** Copies that were found as well as their originals, in an order of chance. */
  readonly rows: readonly number[];
};

const pairsOf = (copies: Vectors, before: Vectors, { places }: Whom): Pairs => {
  const all = Array.from({ length: copies.count }, (_, row) => row);
  const originals = places
    ? someVectors(
        before,
        all.map((row) => places[row]),
      )
    : before;
  const both = all.filter((row) => copies.isFound[row] && originals.isFound[row]);
  return { copies, originals, rows: shuffled(both, ['pairs']) };
};

/** Of each person the part that it is in. */
const foldsOf = (groups: readonly number[], folds: number): ReadonlyMap<number, number> =>
  new Map(shuffled(new Set(groups), ['folds']).map((person, n) => [person, n % folds]));

const learn = ({ copies, originals }: Pairs, rows: readonly number[]): ((ridge: number) => VectorMap) =>
  learnMap(matrixOf(copies, rows), matrixOf(originals, rows));

/** The one by which the originals of one half of the people stand first, when it is learned on the other half. */
const chooseRidge = async (pairs: Pairs, rows: readonly number[], groups: readonly number[]): Promise<number> => {
  const halves = foldsOf(
    rows.map((row) => groups[row] as number),
    2,
  );
  const inHalf = (half: number): number[] => rows.filter((row) => halves.get(groups[row] as number) === half);
  const [known, asked] = [inHalf(0), inHalf(1)];
  let best = { ridge: RIDGES[0] as number, score: 0 };
  if (known.length === 0 || asked.length === 0) return best.ridge;
  const gallery = someVectors(pairs.originals, asked);
  const [learned, vectors] = [learn(pairs, known), matrixOf(pairs.copies, asked)];
  for (const ridge of RIDGES) {
    const made = learned(ridge)(vectors).to2DArray().map(unit);
    const mapped = { ...gallery, data: Float32Array.from(made.flatMap((row) => [...row])) };
    const { own } = await findRanks(mapped, gallery, { people: asked });
    const score = own.reduce((sum, rank) => sum + 1 / rank, 0); // mean reciprocal rank, but for the number
    if (score > best.score) best = { ridge, score };
  }
  return best.ridge;
};

const matrixOf = ({ data, width }: Vectors, rows: readonly number[]): Matrix =>
  new Matrix(rows.map((row) => Array.from(data.subarray(row * width, (row + 1) * width))));

const unit = (vector: readonly number[]): Float32Array => {
  const length = Math.hypot(...vector) || 1;
  return Float32Array.from(vector, (value) => value / length);
};
