import type { TopLevelSpec } from 'vega-lite';
import type { Study } from '../record.ts';
import { armEncodings, key } from './armLooks.ts';
import { drawChart } from './drawing.ts';
import { html, type Section, tableMarkup } from './markup.ts';
import type { StudyTable } from './studyTable.ts';
import { armName } from './wording.ts';

/** How strong variants are as training goes on, and what each arm is. */
export const scheduleSection = async (study: Study, { arms }: StudyTable): Promise<Section> => {
  const about = tableMarkup({
    caption: 'What each arm does',
    headers: ['arm', 'what it does'],
    rows: arms.map((arm) => [armName(arm), study.arms[arm]?.about ?? 'not described']),
  });
  const schedules = schedulesOf(study, arms);
  const keys = schedules.map(({ arms: [first = ''] }) => first);
  const sharers = new Map(schedules.map(({ arms }) => [arms[0], arms.map(armName).join('; ')]));
  const chart = await drawChart({
    label: 'Line chart of strength against the progress of training, for each arm that throws images.',
    key: key(keys, (arm) => sharers.get(arm) ?? arm),
    caption: html`Strength from the first to the last epoch. Arms with the same strengths share a line.`,
    spec: (width) => scheduleChart(schedules, width),
  });
  const none = html`<p>No arm of this study has strengths.</p>`;
  return { title: 'The arms and their strengths', body: [about, schedules.length > 0 ? chart : none] };
};

type Schedule = { readonly arms: readonly string[]; readonly strengths: readonly number[] };

/** The different lists of strengths, each with the arms that follow it. */
const schedulesOf = (study: Study, arms: readonly string[]): Schedule[] => {
  const sharers = new Map<string, { arms: string[]; strengths: readonly number[] }>();
  for (const arm of arms) {
    const strengths = study.arms[arm]?.strengths ?? [];
    if (strengths.length === 0) continue;
    const schedule = sharers.get(strengths.join()) ?? { arms: [], strengths };
    schedule.arms.push(arm);
    sharers.set(strengths.join(), schedule);
  }
  return [...sharers.values()];
};

const scheduleChart = (schedules: readonly Schedule[], width: number): TopLevelSpec => {
  const rows = schedules.flatMap(({ arms: [arm = ''], strengths }) =>
    [...strengths, strengths.at(-1)].map((strength, epoch) => ({
      arm,
      strength,
      progress: (100 * epoch) / strengths.length,
    })),
  );
  const arms = schedules.map(({ arms: [first = ''] }) => first);
  const { color, strokeDash, shape } = armEncodings(arms);
  const x = {
    field: 'progress',
    type: 'quantitative' as const,
    title: 'progress of training, %',
    scale: { domain: [0, 100] },
    axis: { grid: false, values: [0, 25, 50, 75, 100] },
  };
  const y = { field: 'strength', type: 'quantitative', title: 'strength', axis: { tickCount: 5 } } as const;
  return {
    width,
    height: Math.min(260, width * 0.7),
    autosize: { type: 'fit', contains: 'padding' },
    layer: [
      {
        data: { values: rows },
        mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2 },
        encoding: { x, y, color, strokeDash },
      },
      {
        data: { values: marksOf(schedules) },
        mark: { type: 'point', filled: true, opacity: 1, size: 90, stroke: 'white', strokeWidth: 0.8 },
        encoding: { x, y, color, shape },
      },
    ],
  };
};

/** A few points on each line, at a place of its own, so that the lines can be told apart without colour. */
const marksOf = (schedules: readonly Schedule[]) =>
  schedules.flatMap(({ arms: [arm = ''], strengths }, n) =>
    [0, 1, 2].map((third) => {
      const share = (third + (n + 0.5) / schedules.length) / 3;
      return { arm, progress: 100 * share, strength: strengths[Math.floor(share * strengths.length)] ?? 0 };
    }),
  );
