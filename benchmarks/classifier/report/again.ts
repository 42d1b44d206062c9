import { type Content, html, type Section, tableMarkup } from '../../../src/node/html/markup.ts';
import type { Study } from '../record.ts';
import type { StudyTable } from './studyTable.ts';
import { armName, count, list } from './wording.ts';

/** What a sceptic asks first. */
export const fairnessSection = ({ arms, images, rare }: StudyTable): Section => {
  const conditional = arms.filter((arm) => arm.includes('conditional')).map(armName);
  const exception =
    conditional.length > 0
      ? html`, but in ${list(conditional)}: there it is given the
label, and through the generator that arm uses the labels of all training images`
      : '';
  const pooled = arms.includes('strong+pool')
    ? html`<li>“strong + pool” has a fifth of the training images besides, without their labels: the generator has seen them
all, so whoever has them may as well use them directly. It is the rival for those who have the images, not only the generator.</li>`
    : '';
  const controls = [
    ...(arms.includes('copies') ? [COPIES] : []),
    ...(arms.includes('strong') ? [SEARCHED] : []),
    ...(rare === undefined ? [] : [UNEVEN]),
  ];
  return {
    title: 'What is fair here, and what is not',
    body: html`<ul>
<li>The generator was trained on all training images, the unlabelled ones too. It knows more of the domain than a
classifier with a few labelled images does; somebody without such a generator has to train one first.</li>
<li>The generator is given no label (the null label)${exception}. A network that knows classes learned with their labels
as well as without; that may have made it better without them, too.</li>
<li>Every arm trains the same classifier for the same number of steps. A seed decides which images have labels, and
the weights at the start; all arms run with the same seeds.</li>
${controls}${pooled}<li>Validation images are training images that no arm trains on. Strengths were chosen on them.</li>
<li>${TEST_IMAGES[images]}</li>
<li>Intervals are paired by seed: what a seed does to all arms alike is taken out, as it says nothing of their order
(Cousineau 2005, corrected by Morey 2008). They speak of other seeds, not of other data sets.</li>
</ul>`,
  };
};

const COPIES = html`<li>“copies” draws as many extra
images as the arms with Boomerang, but unchanged: what it gains, repetition gains.</li>
`;

const SEARCHED = html`<li>“strong” was searched, not chosen: its operations were tried on validation images with as many trials, steps and
seeds as the settings of variants on top of it. “strong, soft” draws the images themselves instead of variants, with labels softened as much.</li>
`;

const UNEVEN = html`<li>Every second class has fewer labels. “strong, rare” draws the images of those classes as often again as the arm with
variants does, and is free; test images are as many of every class.</li>
`;

const TEST_IMAGES = {
  test: 'Test images are used once, after the last step: never by the generator, for tuning, or to stop early.',
  validation: 'Test images are not used at all: accuracy is that of validation images.',
} as const;

/** Everything that is needed to run the study again, and what is not there of it. */
export const againSection = (study: Study, table: StudyTable): Section => {
  const settings = Object.entries(study.settings).map(([name, value]) => [name, code(value)]);
  const machine = Object.entries(study.machine).map(([name, value]) => [name, code(value)]);
  return {
    title: 'Run it again',
    body: [
      html`<pre><code>${study.parts.map(({ command }) => command).join('\n')}</code></pre>
<p>${runsIn(table)} Digest of the settings: <code>${study.digest}</code>.</p>`,
      table.missing.length > 0 ? missingTable(table) : html`<p>No run is missing.</p>`,
      tableMarkup({ caption: 'Settings', headers: ['setting', 'value'], rows: settings }),
      tableMarkup({ caption: 'Machine and versions', headers: ['what', 'value'], rows: machine }),
    ],
  };
};

const runsIn = ({ runs }: StudyTable): string => {
  const days = [...new Set(runs.map(({ finished }) => finished.slice(0, 10)))].toSorted();
  const [first, last] = [days[0], days.at(-1)];
  return `${count(runs.length)} runs${first ? `, finished ${first === last ? `on ${first}` : `from ${first} to ${last}`}` : ''}.`;
};

const missingTable = ({ plan: { arms, labels, seeds }, missing }: StudyTable): Content =>
  tableMarkup({
    caption: 'Runs that are there, of those planned, by labelled images per class',
    headers: ['arm', ...labels.map(count)],
    rows: arms.map((arm) => [
      armName(arm),
      ...labels.map((at) => {
        const gap = missing.find((one) => one.arm === arm && one.labels === at);
        if (gap) return `${gap.done} of ${gap.of}`;
        return seeds(arm, at) > 0 ? 'all' : 'none planned';
      }),
    ]),
  });

const code = (value: unknown): Content =>
  html`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`;

/** What was learned since, above everything else. */
export const correction = ({ correction: text }: Study): Content =>
  text === undefined ? '' : html`<p class="warning"><b>Corrected.</b> ${text}</p>`;

/** A warning to stand above everything else while a study is not complete, or no evidence. */
export const warning = ({ missing, runs, plan: { arms }, images, question }: StudyTable): Content => {
  const gone = missing.reduce((sum, { done, of }) => sum + of - done, 0);
  const absent = question.main.filter((arm) => !arms.includes(arm));
  const notes = [
    ...(gone > 0 ? [`${count(gone)} of ${count(gone + runs.length)} planned runs are missing.`] : []),
    ...(absent.length > 0 ? [`The study has no arm ${list(absent.map((arm) => `“${armName(arm)}”`))}.`] : []),
  ];
  const tuning = html`<p class="warning"><b>Not evidence.</b> Settings were being chosen: accuracy is that of
validation images.</p>`;
  return [
    images === 'validation' ? tuning : '',
    notes.length > 0 ? html`<p class="warning"><b>Not complete.</b> ${notes.join(' ')}</p>` : '',
  ];
};
