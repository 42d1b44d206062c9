import type { TopLevelSpec } from 'vega-lite';
import { type Content, html, type Section, tableMarkup } from '../../../src/node/html/markup.ts';
import type { Study } from '../record.ts';
import { drawChart, heading } from './drawing.ts';
import type { StudyTable } from './studyTable.ts';
import { armName, shortName } from './wording.ts';

/** What each arm is, and how strong its variants are as training goes on. */
export const scheduleSection = async (study: Study, { plan: { arms } }: StudyTable): Promise<Section> => {
  const about = tableMarkup({
    caption: 'What each arm does',
    headers: ['arm', 'what it does'],
    rows: arms.map((arm) => [armName(arm), html`<p>${study.arms[arm]?.about ?? 'not described'}</p>`]),
  });
  const schedules = schedulesOf(study, arms);
  const picture = schedules.length > 0 ? await pictureOf(schedules) : html`<p>No arm of this study makes variants.</p>`;
  return { title: 'The arms and their strengths', body: [about, picture] };
};

type Schedule = {
  /** Which follow it. */
  readonly arms: readonly string[];
  readonly strengths: readonly number[];
  readonly inTurns: boolean;
};

/** The different schedules, each with the arms that follow it. */
const schedulesOf = (study: Study, arms: readonly string[]): Schedule[] => {
  const found = new Map<string, Schedule>();
  for (const arm of arms) {
    const { strengths, inTurns = false } = study.arms[arm] ?? {};
    if (!strengths || strengths.length === 0) continue;
    const name = JSON.stringify([[...new Set(strengths)].length > 1 ? strengths : strengths[0], inTurns]);
    const sharers = found.get(name)?.arms;
    found.set(name, { arms: sharers ? [...sharers, arm] : [arm], strengths, inTurns });
  }
  return [...found.values()];
};

const pictureOf = (schedules: readonly Schedule[]): Promise<Content> =>
  drawChart({
    label: 'Line charts of strength against the progress of training, one for all arms with the same strengths.',
    caption: `Strength of variants from the first step to the last, for all arms that make them. ${
      schedules.some(({ inTurns }) => inTurns) ? 'Strengths that take turns from step to step have a line each.' : ''
    }`,
    spec: (width) => scheduleChart(schedules, width),
  });

/** Room for the y axis of a panel and the gap before the next, in pixels. */
const BETWEEN = 56;

const scheduleChart = (schedules: readonly Schedule[], width: number): TopLevelSpec => {
  const columns = width > 500 ? Math.min(3, Math.max(2, schedules.length)) : 1;
  const highest = Math.max(...schedules.flatMap(({ strengths }) => strengths));
  const x = {
    field: 'progress',
    type: 'quantitative' as const,
    title: 'progress of training, %',
    scale: { domain: [0, 100] },
    axis: { grid: false, values: [0, 50, 100] },
  };
  const y = {
    field: 'strength',
    type: 'quantitative' as const,
    title: null,
    scale: { domain: [0, highest], nice: true },
    axis: { format: '~r' },
  };
  const panels = schedules.map((schedule) => ({
    width: width / columns - BETWEEN,
    height: 120,
    layer: [
      {
        data: { values: linesOf(schedule) },
        mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2, color: '#c1420b' } as const,
        encoding: { x, y, detail: { field: 'line', type: 'nominal' as const } },
      },
      heading(...schedule.arms.flatMap((arm) => linesFor(arm, schedule.arms))),
    ],
  }));
  return { concat: panels, columns, spacing: { row: 24, column: 20 } };
};

/** The name of an arm in a heading: in short where the arm stands there that it is a variant of. */
const linesFor = (arm: string, arms: readonly string[]): string[] => {
  const [base = ''] = arm.split(':');
  return arms.includes(base) ? [shortName(arm)] : armName(arm).split(/(?<=,) /);
};

/** One line of steps, or a level line for each of the strengths that take turns. */
const linesOf = ({ strengths, inTurns }: Schedule) => {
  const lines = inTurns ? [...new Set(strengths)].map((strength) => [strength]) : [strengths];
  return lines.flatMap((steps, line) =>
    [...steps, steps.at(-1)].map((strength, n) => ({ line, strength, progress: (100 * n) / steps.length })),
  );
};
