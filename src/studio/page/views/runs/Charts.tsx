import type { EpochLog } from '../../../api.ts';
import { Chart } from '../../parts/Chart.tsx';
import type { SeenRun } from './useRuns.ts';

type Figure = {
  readonly title: string;
  readonly label: string;
  readonly of: (epoch: EpochLog) => number | undefined;
  /** Whether it is a share; or else the axis goes as far as the numbers. */
  readonly isShare: boolean;
};

const FIGURES: readonly Figure[] = [
  {
    title: 'Strength',
    label: 'mean strength',
    isShare: true,
    of: ({ changed, strength }) => (changed > 0 ? strength : undefined),
  },
  {
    title: 'Images that were changed',
    label: 'share',
    isShare: true,
    of: ({ images, changed }) => (images > 0 ? changed : undefined),
  },
  { title: 'Labels kept', label: 'share', isShare: true, of: ({ labelsKept }) => labelsKept },
  { title: 'What the adaptive schedule measured', label: 'measure', isShare: false, of: ({ measured }) => measured },
  { title: 'Loss', label: 'loss', isShare: false, of: ({ loss }) => loss },
];

export type ChartsProps = { readonly names: ReadonlyMap<number, string>; readonly seen: readonly SeenRun[] };

/** What runs did, epoch by epoch, beside each other. What no run says has a line instead of a chart. */
export const Charts = ({ names, seen }: ChartsProps) => (
  <>
    {seen.map((one) => (
      <Remarks key={one.run} name={names.get(one.run) ?? ''} seen={one} />
    ))}
    <div class="run-charts">
      {FIGURES.map((figure) => (
        <RunChart key={figure.title} {...{ figure, names, seen }} />
      ))}
    </div>
  </>
);

const RunChart = ({ figure, names, seen }: ChartsProps & { readonly figure: Figure }) => {
  const series = seen.map(({ run, epochs }, n) => ({
    name: names.get(run) ?? '',
    look: (n + 1) as 1 | 2,
    points: epochs.flatMap((epoch) => {
      const y = figure.of(epoch);
      return y === undefined ? [] : [{ x: epoch.epoch, y }];
    }),
  }));
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) {
    return (
      <p class="small unsaid">
        {figure.title}: these runs do not say.{' '}
        {figure.title === 'Labels kept' && 'They do with keep: { classifier, … }.'}
        {figure.title === 'Loss' && 'They do with augment.callback() in fitDataset, or endEpoch({ loss }).'}
      </p>
    );
  }
  // All charts end where the longest run does, so that an epoch stands in the same place of each.
  const last = Math.max(1, ...seen.flatMap((one) => one.epochs.map(({ epoch }) => epoch)));
  const [low, high] = [Math.min(0, ...points.map(({ y }) => y)), 1.05 * Math.max(...points.map(({ y }) => y), 1e-6)];
  const latest = series.flatMap(({ name, points: own }) => {
    const end = own.at(-1);
    return end ? [`${name} is at ${end.y.toFixed(3)} in epoch ${end.x}`] : [];
  });
  return (
    <Chart
      title={figure.title}
      text={`${figure.title}, epoch by epoch: ${latest.join('; ')}.`}
      x={{ label: 'epoch', domain: [0, last] }}
      y={{ label: figure.label, domain: figure.isShare ? [0, 1] : [low, high] }}
      series={series}
    />
  );
};

/** What somebody should know of a run before its curves are believed. */
const Remarks = ({ name, seen: { epochs, damaged } }: { readonly name: string; readonly seen: SeenRun }) => {
  const odd = epochs.filter(({ notFinite = [] }) => notFinite.length > 0);
  const empty = epochs.filter(({ images }) => images === 0);
  const lines = [
    ...(damaged > 0 ? [`${damaged} damaged ${damaged === 1 ? 'line is' : 'lines are'} left out`] : []),
    ...odd.map(({ epoch, notFinite }) => `in epoch ${epoch} ${notFinite?.join(' and ')} was no finite number`),
    ...(empty.length > 0
      ? [`no image came in ${empty.length === 1 ? 'epoch' : 'epochs'} ${empty.map((one) => one.epoch).join(', ')}`]
      : []),
  ];
  return lines.length === 0 ? null : (
    <p class="small" role="status">
      {name}: {lines.join('; ')}.
    </p>
  );
};
