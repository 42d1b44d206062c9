/** Coarse first, so that the curve soon has its shape: the strengths in the middle of what is left, again and again. */
export const coarseFirst = (strengths: readonly number[]): readonly number[] => {
  const gaps = [strengths];
  const order: number[] = [];
  for (const gap of gaps) {
    const middle = Math.floor(gap.length / 2);
    order.push(...gap.slice(middle, middle + 1));
    if (gap.length > 1) gaps.push(gap.slice(0, middle), gap.slice(middle + 1));
  }
  return order;
};
