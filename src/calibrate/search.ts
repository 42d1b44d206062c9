/** Where a target is met: at every strength of the range, at none, or up to a strength within it. */
export type Met = 'everywhere' | 'nowhere' | 'up-to-strength';

export type Found = { readonly strength: number; readonly met: Met };

export type SearchRange = {
  readonly from: number;
  readonly to: number;
  /** The search ends when strengths that meet the target and that do not are no further apart. */
  readonly tolerance: number;
};

/**
 * The largest strength that meets a target, by bisection, if whatever is above one that fails fails too.
 *
 * @returns a strength that was tried and met it; the low end of the range where it is met nowhere.
 */
export const largestMeeting = async (
  { from, to, tolerance }: SearchRange,
  meets: (strength: number) => Promise<boolean>,
): Promise<Found> => {
  if (!(await meets(from))) return { strength: from, met: 'nowhere' };
  if (await meets(to)) return { strength: to, met: 'everywhere' };
  let [low, high] = [from, to];
  while (high - low > tolerance) {
    const middle = (low + high) / 2;
    if (await meets(middle)) low = middle;
    else high = middle;
  }
  return { strength: low, met: 'up-to-strength' };
};

/** The most strengths that {@link largestMeeting} tries. */
export const mostTries = ({ from, to, tolerance }: SearchRange): number =>
  2 + Math.max(0, Math.ceil(Math.log2((to - from) / tolerance)));
