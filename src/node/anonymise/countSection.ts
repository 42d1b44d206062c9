import type { Fate } from '../../apps/anonymise/fates.ts';
import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import { html, type Section, tableMarkup } from '../html/markup.ts';
import { count } from '../html/wording.ts';
import { several } from './figures.ts';

/** By fate what became of an image, in the order of the table. */
const WORDS: Readonly<Record<Fate, string>> = {
  written: 'a copy was handed on, which the judge had looked at',
  whole: 'nobody was found; a copy that nobody could judge was handed on',
  copied: 'nobody was found; the original was handed on as it is',
  'no-face': 'nobody was found; left out',
  unreadable: 'unreadable; left out',
  'original-unjudged': 'the judge found nobody in the original; left out',
  'copy-unjudged': 'the judge found nobody in the copy; left out',
  'too-near': 'too near to its original at every strength; left out',
  duplicate: 'a near-duplicate of one that was left out; left out too',
};

/** What became of every image. */
export const countSection = ({ counts, region, noFace }: AnonymityReport): Section => {
  const { images, fates, duplicates } = counts;
  const order = Object.keys(WORDS) as Fate[];
  const written = fates.written + fates.whole + fates.copied;
  return {
    title: 'What became of the images',
    body: html`<p>Of ${several(images, 'image')}, ${count(written)} were handed on and ${count(images - written)} left out.
${CHANGED[region]} ${NOBODY[noFace]} ${duplicates === 0 ? 'No image was a near-duplicate of another.' : duplicateText(duplicates)}</p>
${tableMarkup({
  caption: 'What became of the images',
  headers: ['', 'images'],
  rows: order.map((fate) => [WORDS[fate], count(fates[fate])]),
})}`,
  };
};

const CHANGED: Readonly<Record<AnonymityReport['region'], string>> = {
  whole: 'Whole pictures were changed.',
  faces: 'Only the faces that were found were changed, with a margin; all else in the pictures is as it was.',
  boxes: 'Only the boxes that were given were changed, with a margin; all else in the pictures is as it was.',
  mask: 'Only what the mask marks was changed, with a margin; all else in the pictures is as it was.',
};

const NOBODY: Readonly<Record<AnonymityReport['noFace'], string>> = {
  skip: 'Images in which nobody was found were to be left out.',
  copy: 'Images in which nobody was found were to be handed on as they are.',
  whole: 'Images in which nobody was found were to be changed as a whole.',
};

const duplicateText = (number: number): string =>
  `${several(number, 'image')} ${number === 1 ? 'is a near-duplicate' : 'are near-duplicates'} of another, and shared what was decided of it.`;
