import { NO_BETTER } from '../../calibrate/reach.ts';
import { formatTable } from '../table.ts';
import type { ReportedPoint, TuneReport } from './report.ts';

/** What was measured, for people: a table by strength, one by class where labels are asked for, and what follows from them. */
export const tuneText = (report: TuneReport): string => {
  const classes = report.by === 'labels' ? `${classTable(report.perClass)}\n` : '';
  const summary = [...(report.by === 'labels' ? labelsSummary(report) : distanceSummary(report)), ...alone(report)];
  return `${strengthTable(report)}\n${classes}${summary.join('\n')}\n`;
};

const labelsSummary = ({ reach, band, target, minDiversity, data }: TuneReport): string[] => {
  const [low, high] = reach?.strengthInterval ?? [0, 0];
  const share = percent(target ?? 0);
  return [
    `${share} of labels are kept up to strength ${number(reach?.strength ?? 0)} (95 % interval ${number(low)} to ${number(high)})`,
    band
      ? `useful band: strength ${number(band[0])} to ${number(band[1])}, where that is sure and variants differ by at least ${minDiversity}`
      : `no useful band: where ${share} of labels are surely kept, variants do not differ by ${minDiversity}; more --images make it surer`,
    NO_BETTER,
    `measured on ${data.measured} of ${data.images} validation images, those that the classifier gets right; it gets ${percent(data.accuracy ?? 0)} of ${data.validation} right`,
  ];
};

const distanceSummary = ({ band, minDiversity, data }: TuneReport): string[] => [
  band
    ? `variants differ by at least ${minDiversity} from strength ${number(band[0])} on`
    : `variants do not differ by ${minDiversity} at any of these strengths`,
  `measured on ${data.measured} of ${data.validation} validation images; whether labels survive was not asked`,
];

/** What the autoencoder of a latent model does by itself. */
const alone = ({ roundTrip }: TuneReport): string[] => {
  if (!roundTrip) return [];
  const { retention, rms, ssim } = roundTrip;
  const distances = `at RMS ${rms.mean.toFixed(3)} and SSIM ${ssim.mean.toFixed(3)}`;
  const what = retention ? `keeps ${percent(retention.mean)} of labels, ${distances}` : `is ${distances}`;
  return [`the autoencoder alone, without a throw, ${what}`];
};

const strengthTable = ({ by, points, roundTrip }: TuneReport): string =>
  formatTable(
    [
      'strength',
      ...(by === 'labels' ? ['labels kept', '95 % interval'] : []),
      ...['RMS', 'SSIM', 'diversity', 'evaluations', 'seconds per variant'],
    ],
    [
      ...(roundTrip ? [['0, round trip', ...cellsOf(roundTrip)]] : []),
      ...points.map((point) => [String(point.strength), ...cellsOf(point)]),
    ],
  );

const cellsOf = ({ retention, rms, ssim, diversity, evaluations, secondsPerVariant }: ReportedPoint): string[] => [
  ...(retention ? [percent(retention.mean), retention.interval.map(percent).join(' to ')] : []),
  rms.mean.toFixed(3),
  ssim.mean.toFixed(3),
  diversity.mean.toFixed(3),
  String(evaluations),
  secondsPerVariant.toFixed(3),
];

const classTable = (perClass: TuneReport['perClass']): string =>
  formatTable(
    ['class', 'images', 'labels kept up to strength', '95 % interval'],
    perClass.map(({ name, images, strength, strengthInterval }) => [
      name,
      String(images),
      number(strength),
      strengthInterval.map(number).join(' to '),
    ]),
  );

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const number = (strength: number): string => strength.toFixed(2);
