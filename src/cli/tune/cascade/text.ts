import type { MeanEstimate } from '../../../apps/enhance/cascades/chooseCascade.ts';
import { formatTable } from '../../table.ts';
import type { CascadeReport, ReportedCascade } from './report.ts';

/** What was measured, for people: a table by cascade, which to take, and how. */
export const cascadeReportText = (report: CascadeReport): string => {
  const { chosen, best, goal, samples, data, factor, degrade, evaluations, command, code } = report;
  const isMean = goal === 'fidelity' && samples > 1;
  const what = isMean ? `the mean of ${samples} results` : 'one result';
  const other = chosen.cascade === best.cascade ? 'it is the best' : `it may be as good as the best, ${best.cascade}`;
  const counts = goal === 'fidelity' ? 'PSNR' : 'distance';
  return [
    cascadeTable(report),
    `take ${chosen.cascade}: of those whose ${counts} may be as good as the best, image by image, none is cheaper; ${other}`,
    gainText(report),
    `PSNR and SSIM are of ${what}, the distance of one: the deviation of gradients over scales (MS-GMSD), 0 for equal images; ± is half of a 95 % interval over images`,
    `measured on ${data.images} of ${data.of} images, made ${factor} times smaller (${degrade}), by ${evaluations} evaluations`,
    '',
    command,
    code,
    '',
  ].join('\n');
};

const cascadeTable = (report: CascadeReport): string => {
  const { goal, samples, points, baseline, chosen } = report;
  const digits = digitsOf(goal);
  const cells = (point: ReportedCascade): string[] => {
    const { psnr, ssim } = goal === 'fidelity' ? point.mean : point.one;
    return [
      point.cascade || 'without the model',
      goal === 'fidelity' && samples > 1 ? `${samples} x ${point.evaluations}` : String(point.evaluations),
      point.seconds.toFixed(3),
      spread(psnr, 2),
      spread(ssim, 3),
      spread(point.one.distance, 3),
      point.behind.mean.toFixed(digits),
      point.behind.interval.map((end) => end.toFixed(digits)).join(' to '),
      point.cascade === chosen.cascade ? '<- take' : '',
    ];
  };
  const headers = ['cascade', 'evaluations', 'seconds each', 'PSNR', 'SSIM', 'distance', 'behind', '95 % interval', ''];
  return formatTable(headers, [baseline, ...points].map(cells));
};

/** Whether the model helps at all is the first thing to know. */
const gainText = ({ gain, goal }: CascadeReport): string => {
  const digits = digitsOf(goal);
  const unit = goal === 'fidelity' ? ' dB' : '';
  const ends = gain.interval.map((end) => end.toFixed(digits)).join(' to ');
  const by = `${gain.mean.toFixed(digits)}${unit} (95 % interval ${ends})`;
  if (gain.interval[0] > 0) return `it is better than what can be had without the model by ${by}`;
  return `it is not surely better than what can be had without the model: by ${by}; does the model know such images? more --images make it surer`;
};

const spread = ({ mean, interval: [low, high] }: MeanEstimate, digits: number): string =>
  `${mean.toFixed(digits)} ± ${((high - low) / 2).toFixed(digits)}`;

const digitsOf = (goal: CascadeReport['goal']): number => (goal === 'fidelity' ? 2 : 4);
