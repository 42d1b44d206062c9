import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import { pageMarkup } from '../html/document.ts';
import { sectionMarkup } from '../html/markup.ts';
import { attackSection } from './attackSection.ts';
import { choiceSection } from './choice.ts';
import { countSection } from './countSection.ts';
import { identitySection } from './identitySection.ts';
import { lead } from './lead.ts';
import { madeSection } from './madeSection.ts';
import { plainSection } from './plainSection.ts';
import { limitsSection, measuredSection, unmeasuredSection } from './scope.ts';
import { utilitySection } from './utilitySection.ts';
import { PAIR_STYLE, type Pair, worstSection } from './worstSection.ts';

/**
 * A report for people: an HTML page that needs no other file, no script and no network. It shows originals, so it is to be
 * kept as they are kept.
 *
 * @param worst copies that are nearest to their originals, the nearest first.
 */
export const reportHtml = async (report: AnonymityReport, worst: readonly Pair[]): Promise<string> => {
  const sections = [
    measuredSection(report),
    unmeasuredSection(report),
    limitsSection(report),
    await choiceSection(report),
    identitySection(report),
    attackSection(report),
    utilitySection(report),
    plainSection(report),
    countSection(report),
    await worstSection(worst),
    madeSection(report),
  ];
  return pageMarkup({
    title: 'Who can be recognised in these copies?',
    body: [lead(report), ...sections.map(sectionMarkup)],
    style: PAIR_STYLE,
  });
};
