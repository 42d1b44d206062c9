import type { TopLevelSpec } from 'vega-lite';
import { html, type Section, tableMarkup } from '../../../src/node/html/markup.ts';
import type { RunRecord } from '../record.ts';
import { drawChart } from './drawing.ts';
import type { StudyTable } from './studyTable.ts';
import { armName, count, duration, percent, shortName } from './wording.ts';

/** What a run of each arm costs, on the machine of the study. */
export const costSection = async (table: StudyTable): Promise<Section> => {
  const costs = table.arms.map((arm) => costOf(arm, table.runsOf(arm))).filter(({ runs }) => runs > 0);
  if (costs.length === 0) return { title: 'Cost', body: html`<p>Nothing has run yet.</p>` };
  const chart = await drawChart({
    label: 'Bars of the seconds that a run takes in each arm. The table below has the numbers.',
    key: html`<ul class="key">${PARTS.map(
      ({ name, fill }) =>
        html`<li><svg viewBox="0 0 16 14" width="16" height="14" aria-hidden="true">
<rect x="1" y="1" width="14" height="12" fill="${fill}" stroke="#222"/></svg>${name}</li>`,
    )}</ul>`,
    caption: html`Time of a run, in the mean over all runs of an arm. Arms that share a bank of variants share its
cost: it stands with the run that needed it first.`,
    spec: (width) => costChart(costs, width),
  });
  return { title: 'Cost', body: [chart, tableOf(costs)] };
};

/** Sums over the runs of an arm. */
type Cost = {
  readonly arm: string;
  readonly runs: number;
  readonly training: number;
  readonly waiting: number;
  readonly bank: number;
  readonly drawn: number;
  readonly evaluations: number;
};

const costOf = (arm: string, runs: readonly RunRecord[]): Cost => {
  const sum = (of: (run: RunRecord) => number): number => runs.reduce((total, run) => total + of(run), 0);
  return {
    arm,
    runs: runs.length,
    training: sum(({ seconds }) => seconds.training),
    waiting: sum(({ seconds }) => seconds.waiting),
    bank: sum(({ seconds }) => seconds.bank),
    drawn: sum(({ variants }) => variants.drawn),
    evaluations: sum(({ variants }) => variants.evaluations),
  };
};

/** Told apart by lightness. */
const PARTS = [
  { name: 'training', fill: '#2f5d7c', of: ({ training, waiting }: Cost) => training - waiting },
  { name: 'waiting for the next batch', fill: '#f2b134', of: ({ waiting }: Cost) => waiting },
  { name: 'making variants beforehand', fill: '#fff', of: ({ bank }: Cost) => bank },
] as const;

/** Room for the names of arms, in pixels. */
const NAMES = 156;

const costChart = (costs: readonly Cost[], width: number): TopLevelSpec => {
  const longest = Math.max(...costs.map(({ training, bank, runs }) => (training + bank) / runs));
  const [unit, seconds] = longest > 300 ? ['minutes', 60] : ['seconds', 1];
  const rows = costs.flatMap((cost) =>
    PARTS.map(({ name, of }, order) => ({
      arm: shortName(cost.arm),
      name,
      order,
      time: of(cost) / cost.runs / seconds,
    })),
  );
  return {
    width: width - NAMES - 16,
    height: 28 * costs.length,
    autosize: 'none', // Vega reckons names wider than they are
    padding: { left: NAMES, right: 16, top: 4, bottom: 44 },
    data: { values: rows },
    mark: { type: 'bar', stroke: '#222', strokeWidth: 0.7, height: 16 },
    encoding: {
      y: {
        field: 'arm',
        type: 'nominal',
        sort: null,
        title: null,
        axis: { labelLimit: 220, grid: false, labelPadding: 6 },
      },
      x: { field: 'time', type: 'quantitative', title: `${unit} a run`, axis: { tickCount: 5 } },
      order: { field: 'order', type: 'quantitative' },
      color: {
        field: 'name',
        type: 'nominal',
        legend: null,
        scale: { domain: PARTS.map(({ name }) => name), range: PARTS.map(({ fill }) => fill) },
      },
    },
  };
};

const tableOf = (costs: readonly Cost[]) =>
  tableMarkup({
    caption: 'Means a run, but for the bank: that is the sum over all runs of an arm',
    headers: ['arm', 'runs', 'training', 'of it waiting', 'bank, in all', 'variants drawn', 'evaluations'],
    rows: costs.map(({ arm, runs, training, waiting, bank, drawn, evaluations }) => [
      armName(arm),
      runs,
      duration(training / runs),
      training > 0 ? `${percent(waiting / training)} %` : '–',
      bank > 0.05 ? duration(bank) : '–',
      count(drawn / runs),
      count(evaluations / runs),
    ]),
  });
