import { describeQuality } from '../../node/training/quality.ts';
import { formatTable } from '../table.ts';
import type { Evaluation } from './measure.ts';

/** An evaluation for people. */
export const evaluationText = ({ quality, labelGiven, classifier, returned, returns }: Evaluation): string => {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const fifths = quality.fifths.map((value) => value.toFixed(5)).join('  ');
  const rows = returns.map(({ strength, labelGiven: toOwn, retention, varianceKept }) => [
    String(strength),
    toOwn ? 'own' : 'none',
    retention ? percent(retention.mean) : '-',
    retention ? `${percent(retention.interval[0])} to ${percent(retention.interval[1])}` : '-',
    percent(varianceKept),
  ]);
  return [
    `mean squared epsilon error  ${quality.error.toFixed(5)}`,
    `  on ${quality.images} images, ${labelGiven ? 'label given' : 'no label given'}`,
    `  by fifth of the schedule, clean to noisy:  ${fifths}`,
    `  ${describeQuality(quality)}`,
    ...(classifier ? [`classifier right on ${percent(classifier.accuracy)} of the images before they are thrown`] : []),
    `${returned} images thrown and returned${classifier ? ', all of which the classifier gets right' : ''}:`,
    formatTable(['strength', 'label', 'labels kept', '95 % interval', 'variance kept'], rows),
  ].join('\n');
};
