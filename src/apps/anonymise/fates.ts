/**
 * What became of an original. Written were copies that the judge looked at (`written`), and, since the user wants it so
 * where nobody is found, originals as they are (`copied`) and copies that nobody could look at (`whole`). Not written were
 * images without anybody (`no-face`), unreadable ones, those in which the judge finds nobody, before
 * (`original-unjudged`) or after (`copy-unjudged`), those that come too near at any strength, and their near-duplicates.
 */
export type Fate = (typeof FATES)[number];

export const FATES = [
  'written',
  'copied',
  'whole',
  'no-face',
  'unreadable',
  'original-unjudged',
  'copy-unjudged',
  'too-near',
  'duplicate',
] as const;

export type Outcome = {
  readonly place: number;
  readonly fate: Fate;
  readonly strength?: number;
  /** How often it was thrown. */
  readonly tries?: number;
};

/** Whether something of an image is handed on. */
export const isWritten = ({ fate }: Outcome): boolean => fate === 'written' || fate === 'copied' || fate === 'whole';

/**
 * What is decided of one near-duplicate is decided of all: where one is not handed on, none is.
 *
 * @param outcomes by place.
 * @param same the first of the near-duplicates of each.
 */
export const togetherOrNotAtAll = (outcomes: readonly Outcome[], same: readonly number[]): readonly Outcome[] => {
  const refused = new Set(outcomes.filter((one) => !isWritten(one)).map(({ place }) => same[place]));
  return outcomes.map((one) =>
    isWritten(one) && refused.has(same[one.place]) ? { place: one.place, fate: 'duplicate' } : one,
  );
};
