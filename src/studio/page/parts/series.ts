import type { Domain, Point } from '../../frame.ts';

export type ChartAxis = {
  readonly label: string;
  readonly domain: Domain;
  /** How a value is written, at the axis and in the table. */
  readonly format?: (value: number) => string;
  readonly ticks?: readonly number[];
};

/** A value, and the ends of the interval around it where there is one. */
export type ChartPoint = Point & { readonly low?: number; readonly high?: number };

export type Series = {
  readonly name: string;
  /** Which of the colours it has. */
  readonly look: 1 | 2 | 3 | 4;
  readonly points: readonly ChartPoint[];
  /** Whether values jump half-way between their places. */
  readonly isSteps?: boolean;
  /** Whether it stands behind the others, thin and dashed. */
  readonly isAside?: boolean;
};
