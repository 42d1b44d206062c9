/**
 * The weakest of some levels that is strong enough: one that is, while the one before it is not. Where strength rises
 * from level to level it is the only one.
 *
 * @param levels from the weakest to the strongest.
 * @param isEnough is asked of few of them, each at most once: of `log2(levels) + 1` at most.
 * @returns its number; undefined where the strongest is not enough either.
 */
export const weakestLevel = async (
  levels: readonly number[],
  isEnough: (level: number) => Promise<boolean>,
): Promise<number | undefined> => {
  let [from, to] = [0, levels.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (await isEnough(levels[middle] as number)) to = middle;
    else from = middle + 1;
  }
  return levels[from];
};

/** Levels from one to another, of which each is `2^(1/4)` times the one before, so that a choice is 19 % off at most. */
export const ladder = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, Math.floor(4 * Math.log2(to / from) + 1e-9) + 1) }, (_, n) => from * 2 ** (n / 4));
