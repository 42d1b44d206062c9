import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import { html, type Section } from '../html/markup.ts';
import { NOT_MEASURED, several, shareText } from './figures.ts';

/** What was looked for, in plain words. */
export const measuredSection = ({ judge, identity, attacks, plain, utility }: AnonymityReport): Section => {
  const { own, person, verification } = identity;
  const parts = [
    ...(own.rank1 ? [`Whether the nearest of all originals to a copy is its own, or is among the five nearest.`] : []),
    ...(person.rank1 ? ['Whether the nearest other picture to a copy is of the same person.'] : []),
    ...(verification.some(({ linked }) => linked)
      ? ['Whether copies of one person can be seen to belong together.']
      : []),
    ...(attacks ? ['How often people are recognised by somebody who knows how the copies were made.'] : []),
    ...(plain ? ['What blur and pixelation keep where they hide as many people.'] : []),
    `What the copies are still good for: how far they are from their originals${utility.found ? ', and whether somebody is still found in them' : ''}.`,
  ];
  return {
    title: 'What was measured',
    body: html`<p>All of it in the eyes of one program, ${judge}, which turns a picture into numbers that are alike for
pictures of the same person.</p>
<ul>${parts.map((part) => html`<li>${part}</li>`)}</ul>`,
  };
};

/** What nobody looked at, so that nothing is known of it. */
export const unmeasuredSection = (report: AnonymityReport): Section => ({
  title: 'What was not measured',
  body: html`<p>Of what follows nothing is known. It is not to be taken for safe.</p>
<ul>${[...gaps(report), ...ALWAYS].map((gap) => html`<li>${gap}</li>`)}</ul>`,
});

const ALWAYS = [
  'What other programs see, those that are still to come among them, and what people see who know the person.',
  'What tells a person besides the face: clothes, a place, an inscription, an event, the picture’s company in a set.',
];

const gaps = (report: AnonymityReport): readonly string[] => {
  const { identity, attacks, plain, utility, judge, region, counts } = report;
  const { notFound, own, person, verification } = identity;
  const unknown = verification.filter(({ threshold }) => threshold === undefined).map(({ far }) => shareText(far));
  const { fates } = counts;
  const nobody = fates['original-unjudged'] + fates['copy-unjudged'];
  return [
    ...(own.rank1 ? [] : [`Recognition by ${judge}: it found nobody that it could compare.`]),
    ...(person.rank1
      ? []
      : ['Whether another picture of the same person is recognised: no person was known to have several.']),
    ...(notFound.originals > 0
      ? [`${several(notFound.originals, 'original')} in which ${judge} found nobody: no copy can be traced to them.`]
      : []),
    ...(notFound.copies > 0
      ? [
          `${several(notFound.copies, 'copy', 'copies')} in which ${judge} found nobody: they have no part in its figures.`,
        ]
      : []),
    ...(nobody > 0 ? [`${several(nobody, 'image')} that could not be judged: nothing of them was handed on.`] : []),
    ...(fates.whole > 0 ? [`${several(fates.whole, 'copy', 'copies')} of images in which nobody was found.`] : []),
    ...(unknown.length > 0
      ? [
          `Who is taken for one person where strangers are in ${unknown.join(' or ')} of cases: there are too few pairs of people.`,
        ]
      : []),
    ...(attacks ? [] : [`Attacks by somebody who knows how the copies were made: ${NOT_MEASURED} in this run.`]),
    ...(plain ? [] : [`How blur and pixelation compare: ${NOT_MEASURED} in this run.`]),
    ...(utility.labels ? [] : ['Whether copies keep their classes: no classifier was given.']),
    ...(Object.keys(utility.attributes).length > 0
      ? []
      : [`Whether ages or expressions are kept: ${judge} tells of none.`]),
    ...(region === 'whole' ? [] : ['Whatever lies outside the regions that change: it stays as it is.']),
  ];
};

/** What nobody may take this for. */
export const limitsSection = ({ judge }: AnonymityReport): Section => ({
  title: 'What this is not',
  body: html`<ul>
<li><b>It is no formal guarantee.</b> The figures are measurements on these images with ${judge}. They say how often this
program was right, not that nobody can be.</li>
<li><b>It is no protection against whoever has the originals.</b> Who has them can lay copies beside them.</li>
<li><b>It is no protection against whoever has the key.</b> With the key, the model and a picture that might be the
original, its copy can be made again and compared. The key was not written beside the copies; where it was kept, keep it as
the originals are kept, or destroy it.</li>
<li><b>It is no last word.</b> Other judges may see more, and later ones surely will.</li>
<li><b>It is no legal opinion.</b> Whether the copies may be handed on is for people to decide. This page, which shows
originals, must not be handed on with them.</li>
</ul>`,
});
