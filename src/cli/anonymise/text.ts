import { FATES, type Fate } from '../../apps/anonymise/fates.ts';
import type { Recognised } from '../../apps/anonymise/identity.ts';
import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import { formatTable } from '../table.ts';

const SAID: Readonly<Record<Fate, string>> = {
  written: 'copied, and judged',
  copied: 'nobody found: handed on as they are',
  whole: 'nobody found: thrown whole, not judged',
  'no-face': 'nobody found: left out',
  unreadable: 'unreadable: left out',
  'original-unjudged': 'the judge finds nobody in the original: left out',
  'copy-unjudged': 'the judge finds nobody in the copy: left out',
  'too-near': 'too near to the original at any strength: left out',
  duplicate: 'near-duplicate of one that is left out: left out',
};

/** The figures that matter most, for a terminal; the report has the others. */
export const anonymityText = (report: AnonymityReport): string => {
  const { curve, chosen, identity, counts, notes, judge, attacks, target } = report;
  const rows = curve.map(({ strength, own, person, risk, utility }) => [
    `${strength}${strength === chosen.strength ? ' *' : ''}`,
    percent(own?.share),
    percent(person?.share),
    percent(risk),
    utility.distance.toFixed(3),
    utility.ssim.toFixed(3),
    percent(utility.found?.share),
  ]);
  const table = formatTable(['strength', 'own', 'person', 'at most', 'distance', 'SSIM', 'found'], rows);
  const worst = attacks?.worst.own;
  const most = Math.max(identity.own.rank1?.high ?? 1, identity.person.rank1?.high ?? 0);
  const lines = [
    `${judge}: ${withEnds(identity.own.rank1)} of the copies are found by their originals`,
    ...(identity.person.rank1 ? [`${judge}: ${withEnds(identity.person.rank1)} by another picture of the person`] : []),
    ...(worst ? [`the strongest attack (${worst}): ${withEnds(attacks?.[worst].own)}`] : []),
    ...FATES.filter((fate) => counts.fates[fate] > 0).map((fate) => `${counts.fates[fate]} images: ${SAID[fate]}`),
    ...(most > target ? [`more than the target: up to ${percent(most)}, and ${percent(target)} were asked for`] : []),
    ...notes.map((note) => `note: ${note}`),
  ];
  return `${table}${lines.map((line) => `${line}\n`).join('')}`;
};

const percent = (share: number | undefined): string => (share === undefined ? '-' : `${(100 * share).toFixed(1)} %`);

const withEnds = (share: Recognised | undefined): string =>
  share === undefined
    ? 'not measured'
    : `${percent(share.share)} (95 %: ${percent(share.low)} to ${percent(share.high)}; chance ${percent(share.chance)})`;
