import { formatTable } from '../table.ts';
import type { ReportedPoint, TuneReport } from './report.ts';

/** What was measured, for people: a table by strength, one by class, and what follows from them. */
export const tuneText = (report: TuneReport): string => {
  const { roundTrip, perClass, reach, band, target, minDiversity, data } = report;
  const [low, high] = reach.strengthInterval;
  const summary = [
    `${percent(target)} of labels are kept up to strength ${number(reach.strength)} (95 % interval ${number(low)} to ${number(high)})`,
    band
      ? `useful band: strength ${number(band[0])} to ${number(band[1])}, where that is sure and variants differ by at least ${minDiversity}`
      : `no useful band: where ${percent(target)} of labels are surely kept, variants do not differ by ${minDiversity}; more --images make it surer`,
    `measured on ${data.measured} of ${data.images} validation images, those that the classifier gets right; it gets ${percent(data.accuracy)} of ${data.validation} right`,
    ...(roundTrip
      ? [
          `the autoencoder alone, without a throw, keeps ${percent(roundTrip.retention.mean)} of labels, at RMS ${roundTrip.rms.mean.toFixed(3)} and SSIM ${roundTrip.ssim.mean.toFixed(3)}`,
        ]
      : []),
  ];
  return `${strengthTable(report)}\n${classTable(perClass)}\n${summary.join('\n')}\n`;
};

const strengthTable = ({ points, roundTrip }: TuneReport): string =>
  formatTable(
    ['strength', 'labels kept', '95 % interval', 'RMS', 'SSIM', 'diversity', 'evaluations', 'seconds per variant'],
    [
      ...(roundTrip ? [['0, round trip', ...cellsOf(roundTrip)]] : []),
      ...points.map((point) => [String(point.strength), ...cellsOf(point)]),
    ],
  );

const cellsOf = ({ retention, rms, ssim, diversity, evaluations, secondsPerVariant }: ReportedPoint): string[] => [
  percent(retention.mean),
  retention.interval.map(percent).join(' to '),
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
