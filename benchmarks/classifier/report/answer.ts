import { html, type Markup } from '../../../src/node/html/markup.ts';
import type { Question } from '../arms.ts';
import type { Difference } from '../intervals.ts';
import type { StudyTable } from './studyTable.ts';
import { armName, count, ends, list, percent, tally } from './wording.ts';

/** The number of labels that a study is judged by, where it has it. */
const JUDGED_AT = 20;

type Gain = { readonly labels: number; readonly gain: Difference };
type Verdict = 'above' | 'below' | 'unclear' | 'unsure';

/** The outcome in two plain sentences, whatever it is. */
export const answer = (table: StudyTable): Markup => {
  const { question, rare } = table;
  const gains = table.labels.flatMap((labels) => {
    const gain = table.gain(question.hero, question.rival, labels);
    return gain ? [{ labels, gain }] : [];
  });
  const judged = gains.find(({ labels }) => labels === JUDGED_AT) ?? gains[0];
  if (judged === undefined) {
    return html`<p class="lead">There is no answer yet: no seed has run both with ${armName(question.hero)} and with ${armName(question.rival)}.</p>`;
  }
  const others = gains.filter((one) => one !== judged);
  const advice = ['below', 'unclear'].includes(verdictOf(judged.gain)) ? `${adviceFor(question)} ` : '';
  return html`<p class="lead">${advice}${sentence(question, judged, rare)}</p>${
    others.length > 0 ? html`<p>${elsewhere(question, others)}</p>` : ''
  }`;
};

/** Before everything else where no gain is shown. */
const adviceFor = ({ rival }: Question): string =>
  `Do not use Boomerang to augment a classifier’s training where the augmentation of “${armName(rival)}” can be had; it is good for copies of pictures that are not to be traced, and for enlarging pictures.`;

const sentence = ({ hero, rival }: Question, { labels, gain }: Gain, rare?: number): string => {
  const size = percent(Math.abs(gain.mean));
  const level = size === percent(0) ? 'level with' : `${size} points ${gain.mean < 0 ? 'below' : 'above'}`;
  const uneven = rare === undefined ? '' : `, but ${count(100 * rare)} % of them in every second one`;
  const start = `At ${count(labels)} labels a class${uneven}, “${armName(hero)}” was ${level} “${armName(rival)}”`;
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
const elsewhere = ({ rival }: Question, gains: readonly Gain[]): string => {
  const parts = (['above', 'below', 'unclear', 'unsure'] as const).flatMap((verdict) => {
    const at = gains.filter(({ gain }) => verdictOf(gain) === verdict).map(({ labels }) => count(labels));
    const [outcome, reason] = OUTCOMES[verdict];
    return at.length > 0 ? [`${outcome(armName(rival))} at ${list(at)} (${reason})`] : [];
  });
  return `At other numbers of labels it was ${parts.join('; ')}.`;
};

const OUTCOMES: Readonly<Record<Verdict, readonly [outcome: (rival: string) => string, reason: string]>> = {
  above: [(rival) => `above ${rival}`, 'the interval excludes zero'],
  below: [(rival) => `below ${rival}`, 'the interval excludes zero'],
  unclear: [(rival) => `not told apart from ${rival}`, 'the interval includes zero'],
  unsure: [() => 'run too seldom to tell', 'one seed'],
};
