import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Figure } from './figure.ts';
import { ERROR_TABLE } from './solvers.ts';
import { YARDSTICK } from './solverWays.ts';

/** Error against evaluations for every solver, a panel for each spacing; the dashed line is the yardstick. */
export const solverPicture = (figures: readonly Figure[]): Promise<string> => {
  const points = figures
    .filter(({ table }) => table === ERROR_TABLE)
    .map(({ at, what, median }) => ({ ...at, evaluations: Number(what), error: median }));
  return new View(parse(compile(chart(points)).spec), { renderer: 'none' }).toSVG();
};

type Point = { readonly solver?: string | number; readonly spacing?: string | number; readonly error: number };

const chart = (points: readonly (Point & { readonly evaluations: number })[]): TopLevelSpec => {
  const { solver, spacing, evaluations } = YARDSTICK;
  const yardstick = points.find((p) => p.solver === solver && p.spacing === spacing && p.evaluations === evaluations);
  const counts = [...new Set(points.map((point) => point.evaluations))];
  const x = { field: 'evaluations', type: 'quantitative', title: 'network evaluations' } as const;
  const y = { field: 'error', type: 'quantitative', title: 'distance to the converged variant' } as const;
  return {
    background: 'white',
    title: { text: 'Strength 0.4: RMS distance to the converged variant, images in [0, 1]', anchor: 'start' },
    data: { values: [...points] },
    facet: { field: 'spacing', type: 'nominal', title: null },
    columns: 2,
    spec: {
      width: 300,
      height: 210,
      layer: [
        {
          mark: { type: 'line', point: true },
          encoding: {
            x: { ...x, scale: { type: 'log', nice: false }, axis: { values: counts, grid: false, format: 'd' } },
            y: { ...y, scale: { type: 'log' }, axis: { format: '~g', tickCount: 5 } },
            color: { field: 'solver', type: 'nominal', scale: { scheme: 'tableau10' } },
          },
        },
        {
          mark: { type: 'rule', strokeDash: [5, 4], color: '#555' },
          encoding: { y: { datum: yardstick?.error ?? 1 } },
        },
      ],
    },
  };
};
