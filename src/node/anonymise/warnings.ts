import type { Recognised } from '../../apps/anonymise/identity.ts';
import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import { ATTACKS } from './attackSection.ts';
import { several, shareText } from './figures.ts';
import { plainWarnings } from './plainSection.ts';

/** What a reader must not overlook. */
export const warningsOf = (report: AnonymityReport): readonly string[] => [
  ...judgeWarnings(report),
  ...attackWarnings(report),
  ...plainWarnings(report),
  ...unseenWarnings(report),
];

const judgeWarnings = ({ identity, judge, target }: AnonymityReport): readonly string[] => {
  const ends = [identity.own.rank1, identity.person.rank1].flatMap((one) => (one ? [one.high] : []));
  if (ends.length === 0) return [`${judge} could measure nothing, so the target is not shown to be met.`];
  const high = Math.max(...ends);
  if (high <= target) return [];
  const rule = `${judge} does not confirm that the target of ${shareText(target)} is met`;
  return [`${rule}: the upper end of its 95 % interval is ${shareText(high)}.`];
};

const attackWarnings = ({ attacks, target }: AnonymityReport): readonly string[] => {
  if (!attacks) return ['No attack by somebody who knows how the copies were made was tried.'];
  return (['own', 'person'] as const).flatMap((which) => {
    const worst = attacks.worst[which];
    const share: Recognised | undefined = worst && attacks[worst][which];
    if (worst === undefined || share === undefined || share.high <= target) return [];
    const found = which === 'own' ? 'the original' : 'another picture of the person';
    const how = `${found} of ${shareText(share.share)} of copies is found, of up to ${shareText(share.high)} by the 95 % interval`;
    return [`An attack exceeds the target: ${how}, by somebody who ${ATTACKS[worst].does}.`];
  });
};

const unseenWarnings = ({ counts: { fates } }: AnonymityReport): readonly string[] => [
  ...(fates.copied > 0
    ? [`${several(fates.copied, 'original')} went out as they are, since nobody was found in them.`]
    : []),
  ...(fates.whole > 0 ? [`${several(fates.whole, 'copy', 'copies')} went out that nobody could judge.`] : []),
];
