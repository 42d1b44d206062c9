import type { MeanEstimate, QualityEstimates } from '../../../apps/enhance/cascades/chooseCascade.ts';
import { drawChart } from '../../../node/chart.ts';
import type { Panel } from '../../../node/chartSpec.ts';
import { contactSheet } from '../../../node/contactSheet.ts';
import type { ImageShape } from '../../../tensors/noise.ts';
import { stack } from '../picture.ts';
import type { CascadeReport, ReportedCascade } from './report.ts';
import type { ShownRow } from './shown.ts';

export type CascadePicture = {
  readonly report: CascadeReport;
  readonly shape: ImageShape;
  readonly shown: readonly ShownRow[];
};

/**
 * Quality over evaluations and over the first strength, above what it looks like.
 *
 * @returns the bytes of a PNG.
 */
export const drawCascades = async ({ report, shape, shown }: CascadePicture): Promise<Uint8Array> => {
  const size = { width: 260, height: 190 };
  const charts = [
    { xTitle: 'evaluations of one result', lines: byEvaluations(report) },
    { xTitle: 'first strength', lines: byStrength(report) },
  ]
    .filter(({ lines }) => lines.length > 0)
    .map(({ xTitle, lines }) => drawChart({ panels: panelsOf(report, lines), xTitle, ...size }));
  const sheet = contactSheet({
    shape,
    title: titleOf(report),
    columns: ['seen', 'without the model', 'one result', ...meanHeader(report), 'original'].map((header) => ({
      header,
      count: 1,
    })),
    rows: shown,
  });
  return stack(await Promise.all([...charts, sheet]), shape[2] === 1);
};

const meanHeader = ({ samples }: CascadeReport): string[] => (samples > 1 ? [`mean of ${samples}`] : []);

const titleOf = ({ chosen, goal, factor, degrade }: CascadeReport): string =>
  `Made ${factor} times smaller (${degrade}); chosen for ${goal}: ${chosen.cascade}. Dashed: without the model, enlarged by a cubic filter and held to what was seen. Shaded: 95 % intervals over images.`;

type Line = { readonly name: string; readonly points: readonly (ReportedCascade & { readonly x: number })[] };

const isOne = ({ throws }: ReportedCascade): boolean => throws.length === 1;
const isFalling = (point: ReportedCascade): boolean => !isOne(point) && point.throws.every(({ steps }) => steps === 1);

/** Of each kind the best at each cost. */
const byEvaluations = ({ points }: CascadeReport): Line[] =>
  [
    { name: 'falling', of: points.filter(isFalling) },
    { name: 'several steps', of: points.filter((point) => !isOne(point) && !isFalling(point)) },
    { name: 'one throw', of: points.filter(isOne) },
  ]
    .filter(({ of }) => of.length > 0)
    .map(({ name, of }) => ({ name, points: bestOf(of, ({ evaluations }) => evaluations) }));

/** Falling cascades of as many throws as the best of them has, by where they end. */
const byStrength = ({ points }: CascadeReport): Line[] => {
  const falling = points.filter(isFalling).toSorted((a, b) => a.behind.mean - b.behind.mean);
  const alike = falling.filter(({ throws }) => throws.length === falling[0]?.throws.length);
  const ends = [...new Set(alike.map(endOf))].sort((a, b) => a - b);
  return ends.map((end) => ({
    name: `falling to ${end}`,
    points: bestOf(
      alike.filter((point) => endOf(point) === end),
      ({ throws }) => throws[0]?.strength ?? 0,
    ),
  }));
};

const endOf = ({ throws }: ReportedCascade): number => Number((throws.at(-1)?.strength ?? 0).toPrecision(6));

const bestOf = (points: readonly ReportedCascade[], x: (point: ReportedCascade) => number): Line['points'] => {
  const best = new Map<number, ReportedCascade>();
  for (const point of points) {
    const other = best.get(x(point));
    if (other === undefined || point.behind.mean < other.behind.mean) best.set(x(point), point);
  }
  return [...best].sort(([a], [b]) => a - b).map(([place, point]) => ({ ...point, x: place }));
};

const panelsOf = (report: CascadeReport, lines: readonly Line[]): Panel[] => {
  const { goal, samples, baseline, points } = report;
  const isMean = goal === 'fidelity' && samples > 1;
  const own = (point: ReportedCascade): QualityEstimates => (isMean ? point.mean : point.one);
  const what = isMean ? `of the mean of ${samples}` : 'of one result';
  const panel = (title: string, estimate: (point: ReportedCascade) => MeanEstimate): Panel => ({
    title,
    lines: lines.map(({ name, points: some }) => ({
      name,
      points: some.map((point) => {
        const { mean, interval } = estimate(point);
        return { x: point.x, y: mean, low: interval[0], high: interval[1] };
      }),
    })),
    target: estimate(baseline).mean,
    domain: domainOf([...points.flatMap((point) => estimate(point).interval), estimate(baseline).mean]),
  });
  return [
    panel(`PSNR ${what}, dB`, (point) => own(point).psnr),
    panel(`SSIM ${what}`, (point) => own(point).ssim),
    panel('distance of one result (MS-GMSD)', (point) => point.one.distance),
  ];
};

/** With a little room, and above it some for the names of lines. */
const domainOf = (values: readonly number[]): [number, number] => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = 0.05 * (high - low) || 0.01;
  return [low - room, high + 8 * room];
};
