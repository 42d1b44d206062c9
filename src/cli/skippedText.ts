import type { ImageSet } from '../node/data/imageSet.ts';
import type { SkippedImage } from '../node/data/source.ts';

/** So many names are given of files that were skipped for the same reason. */
const NAMED = 3;

/** A line for each reason for which files were skipped, and for what was done to others; empty if there is none. */
export const skippedText = ({ skipped, notes }: Pick<ImageSet, 'skipped' | 'notes'>): string => {
  const byReason = new Map<string, SkippedImage[]>();
  for (const one of skipped) {
    const others = byReason.get(one.why);
    if (others) others.push(one);
    else byReason.set(one.why, [one]);
  }
  const lines = [...byReason].map(([why, files]) => `  skipped ${namesOf(files)}: ${why}`);
  return [...lines, ...notes.map((note) => `  ${note}`)].map((line) => `${line}\n`).join('');
};

const namesOf = (files: readonly SkippedImage[]): string => {
  const names = files
    .slice(0, NAMED)
    .map(({ name }) => name)
    .join(', ');
  if (files.length === 1) return names;
  return `${files.length} files, ${names}${files.length > NAMED ? ' and so on' : ''}`;
};
