import { html, type Markup } from '../../../src/node/html/markup.ts';
import type { Difference } from '../intervals.ts';
import { HERO, RIVAL, type StudyTable } from './studyTable.ts';
import { armName, count, ends, list, percent, tally } from './wording.ts';

/** The number of labels that a study is judged by, where it has it. */
const JUDGED_AT = 20;

type Gain = { readonly labels: number; readonly gain: Difference };
type Verdict = 'above' | 'below' | 'unclear' | 'unsure';

/** The outcome in two plain sentences, whatever it is. */
export const answer = (table: StudyTable): Markup => {
  const gains = table.labels.flatMap((labels) => {
    const gain = table.gain(HERO, RIVAL, labels);
    return gain ? [{ labels, gain }] : [];
  });
  const judged = gains.find(({ labels }) => labels === JUDGED_AT) ?? gains[0];
  if (judged === undefined) {
    return html`<p class="lead">There is no answer yet: no seed has run both with ${armName(HERO)} and with ${RIVAL}.</p>`;
  }
  const others = gains.filter((one) => one !== judged);
  return html`<p class="lead">${sentence(judged.labels, judged.gain)}</p>${
    others.length > 0 ? html`<p>${elsewhere(others)}</p>` : ''
  }`;
};

const sentence = (labels: number, gain: Difference): string => {
  const size = `${percent(Math.abs(gain.mean))} points`;
  const side = gain.mean < 0 ? 'below' : 'above';
  const start = `At ${count(labels)} labels a class, ${armName(HERO)} was ${size} ${side} ${RIVAL}`;
  if (gain.half === undefined) return `${start} in the only seed that ran both: too little to judge by.`;
  const evidence = `(95 % interval ${ends(gain)}; above in ${tally(gain)} seeds)`;
  return `${start} ${evidence}${CONCLUSIONS[verdictOf(gain)]}`;
};

const CONCLUSIONS: Readonly<Record<Verdict, string>> = {
  above: '.',
  below: ': it made the classifier worse.',
  unclear: ': the interval includes zero, so the study does not show that it helps.',
  unsure: '.',
};

const verdictOf = ({ mean, half }: Difference): Verdict => {
  if (half === undefined) return 'unsure';
  if (mean - half > 0) return 'above';
  return mean + half < 0 ? 'below' : 'unclear';
};

/** What came out at the other numbers of labels, by verdict. */
const elsewhere = (gains: readonly Gain[]): string => {
  const parts = (['above', 'below', 'unclear', 'unsure'] as const).flatMap((verdict) => {
    const at = gains.filter(({ gain }) => verdictOf(gain) === verdict).map(({ labels }) => count(labels));
    const [outcome, reason] = OUTCOMES[verdict];
    return at.length > 0 ? [`${outcome} at ${list(at)} (${reason})`] : [];
  });
  return `At other numbers of labels it was ${parts.join('; ')}.`;
};

const OUTCOMES: Readonly<Record<Verdict, readonly [outcome: string, reason: string]>> = {
  above: [`above ${RIVAL}`, 'the interval excludes zero'],
  below: [`below ${RIVAL}`, 'the interval excludes zero'],
  unclear: [`not told apart from ${RIVAL}`, 'the interval includes zero'],
  unsure: ['run too seldom to tell', 'one seed'],
};
