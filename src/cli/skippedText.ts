import type { ImageSet } from '../node/data/openImages.ts';

/** A line for each image that could not be read; empty where all could. */
export const skippedText = ({ skipped }: ImageSet): string =>
  skipped.map(({ name, why }) => `  skipped ${name}: ${why}\n`).join('');
