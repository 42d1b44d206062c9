import { describeQuality } from '../../node/training/quality.ts';
import { formatTable } from '../table.ts';
import type { Evaluation } from './measure.ts';
import type { RoundTripFigures } from './returns.ts';

/** An evaluation for people. */
export const evaluationText = (evaluation: Evaluation): string => {
  const { quality, labelGiven, classifier, returned, roundTrip, returns } = evaluation;
  const fifths = quality.fifths.map((value) => value.toFixed(5)).join('  ');
  const rows = [
    ...(roundTrip ? [['0, round trip', '-', ...cellsOf(roundTrip)]] : []),
    ...returns.map((one) => [String(one.strength), one.labelGiven ? 'own' : 'none', ...cellsOf(one)]),
  ];
  return [
    `mean squared epsilon error  ${quality.error.toFixed(5)}`,
    `  on ${quality.images} images, ${labelGiven ? 'label given' : 'no label given'}`,
    `  by fifth of the schedule, clean to noisy:  ${fifths}`,
    `  ${describeQuality(quality, { isLatent: roundTrip !== undefined })}`,
    ...(classifier ? [`classifier right on ${percent(classifier.accuracy)} of the images before they are thrown`] : []),
    ...(roundTrip
      ? ['round trip: encoded and decoded without a throw, which is what the autoencoder alone loses']
      : []),
    `${returned} images thrown and returned${classifier ? ', all of which the classifier gets right' : ''}:`,
    formatTable(['strength', 'label', 'labels kept', '95 % interval', 'variance kept', 'RMS', 'SSIM'], rows),
  ].join('\n');
};

const cellsOf = ({ retention, varianceKept, rms, ssim }: RoundTripFigures): string[] => [
  retention ? percent(retention.mean) : '-',
  retention ? `${percent(retention.interval[0])} to ${percent(retention.interval[1])}` : '-',
  percent(varianceKept),
  rms.toFixed(3),
  ssim.toFixed(3),
];

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
