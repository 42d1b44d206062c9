import { type SeedPath, uniformStream } from '../../random.ts';

/** A share of what was measured, with both ends of its 95 % interval. */
export type Share = {
  readonly share: number;
  readonly low: number;
  readonly high: number;
  /** Images that it is a share of. */
  readonly of: number;
};

/** What is drawn again belongs together: pictures of one person are alike, and do not count singly. */
export type Grouped = {
  /** Of each image, 1 or 0; what is not finite was not measured. */
  readonly hits: ArrayLike<number>;
  /** Of each image the number of its person, or its own where people are not known. */
  readonly groups: ArrayLike<number>;
};

const RESAMPLES = 1000;

/**
 * A share and its interval by the bootstrap over groups. Where all or none are hits, which no draw can show to be
 * uncertain, the end is where so clear a result would still come out once in 20 times: 1 - 0.05^(1/groups), 5 % for 60.
 *
 * @returns undefined where nothing was measured.
 * @see Efron 1979, "Bootstrap methods: another look at the jackknife"; Hanley and Lippman-Hand 1983, "If nothing goes
 *   wrong, is everything all right?"
 */
export const shareOf = ({ hits, groups }: Grouped, path: SeedPath): Share | undefined => {
  const sums = new Map<number, { hits: number; count: number }>();
  for (let n = 0; n < hits.length; n += 1) {
    const hit = hits[n] as number;
    if (!Number.isFinite(hit)) continue;
    const group = groups[n] as number;
    const sum = sums.get(group) ?? { hits: 0, count: 0 };
    sums.set(group, { hits: sum.hits + hit, count: sum.count + 1 });
  }
  const all = [...sums.values()];
  if (all.length === 0) return undefined;
  const of = all.reduce((sum, { count }) => sum + count, 0);
  const share = all.reduce((sum, group) => sum + group.hits, 0) / of;
  const edge = 0.05 ** (1 / all.length);
  if (share === 0) return { share, low: 0, high: 1 - edge, of };
  if (share === 1) return { share, low: edge, high: 1, of };
  const [low, high] = resampled(all, path);
  return { share, low, high, of };
};

const resampled = (
  groups: readonly { readonly hits: number; readonly count: number }[],
  path: SeedPath,
): readonly [low: number, high: number] => {
  const next = uniformStream([path, 'bootstrap']);
  const shares = Float64Array.from({ length: RESAMPLES }, () => {
    let [hits, count] = [0, 0];
    for (let n = 0; n < groups.length; n += 1) {
      const drawn = groups[Math.floor(next() * groups.length)] as { hits: number; count: number };
      hits += drawn.hits;
      count += drawn.count;
    }
    return hits / count;
  }).sort();
  const at = (share: number): number => shares[Math.round(share * (RESAMPLES - 1))] as number;
  return [at(0.025), at(0.975)];
};
