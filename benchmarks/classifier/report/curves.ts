import type { TopLevelSpec } from 'vega-lite';
import { html, type Section } from '../../../src/node/html/markup.ts';
import { armEncodings, key } from './armLooks.ts';
import { drawChart, heading } from './drawing.ts';
import type { StudyTable } from './studyTable.ts';
import { count } from './wording.ts';

/** Validation accuracy as training goes on, a panel for each number of labels. */
export const curveSection = async (table: StudyTable): Promise<Section> => {
  const arms = table.drawn;
  const points = arms.flatMap((arm) => table.labels.flatMap((labels) => curveOf(table, arm, labels)));
  const title = 'Learning curves';
  if (points.length === 0) return { title, body: html`<p>No main arm has a learning curve yet.</p>` };
  const chart = await drawChart({
    label: 'Line charts of validation accuracy against training steps, one for each number of labels per class.',
    key: key(arms),
    caption: html`Accuracy on validation images, mean over seeds, for the main arms.`,
    spec: (width) => curveChart(points, { arms, labels: table.labels, width }),
  });
  return { title, body: chart };
};

type Point = {
  readonly arm: string;
  readonly labels: number;
  readonly step: number;
  readonly validation: number;
  /** Whether to mark it with the arm's shape. */
  readonly isMarked: boolean;
};

/** The mean over seeds at each step that all of them have. */
const curveOf = (table: StudyTable, arm: string, labels: number): Point[] => {
  const curves = table.runsOf(arm, labels).map(({ curve }) => curve);
  const steps = (curves[0] ?? []).map(({ step }) => step);
  const shared = steps.filter((step) => curves.every((curve) => curve.some((point) => point.step === step)));
  const every = Math.max(1, Math.ceil(shared.length / 4));
  return shared.map((step, n) => {
    const sum = curves.reduce((total, curve) => total + (curve.find((p) => p.step === step)?.validation ?? 0), 0);
    const isMarked = (n + 1) % every === 0 || n === shared.length - 1;
    return { arm, labels, step, validation: (100 * sum) / curves.length, isMarked };
  });
};

type Frame = { readonly arms: readonly string[]; readonly labels: readonly number[]; readonly width: number };

/** Room for the y axis of a panel and the gap before the next, in pixels. */
const BETWEEN = 52;

const curveChart = (points: readonly Point[], { arms, labels, width }: Frame): TopLevelSpec => {
  const columns = width > 500 ? Math.min(3, labels.length) : 1;
  const { color, strokeDash, shape } = armEncodings(arms);
  const x = {
    field: 'step',
    type: 'quantitative',
    title: 'training steps',
    axis: { grid: false, tickCount: 3, format: ',d' },
  } as const;
  const y = {
    field: 'validation',
    type: 'quantitative',
    title: null,
    scale: { zero: false, nice: true },
  } as const;
  const panels = labels.map((at) => ({
    width: width / columns - BETWEEN,
    height: columns === 1 ? 190 : 180,
    data: { values: points.filter((point) => point.labels === at) },
    layer: [
      { mark: { type: 'line', strokeWidth: 1.6 } as const, encoding: { x, y, color, strokeDash } },
      {
        transform: [{ filter: 'datum.isMarked' }],
        mark: { type: 'point', filled: true, opacity: 1, size: 55, stroke: 'white', strokeWidth: 0.5 } as const,
        encoding: { x, y, color, shape },
      },
      heading(`${count(at)} labels a class, %`),
    ],
  }));
  return { concat: panels, columns, spacing: { row: 24, column: 20 } };
};
