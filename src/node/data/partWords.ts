import type { Part } from './source.ts';

/** What the name of a folder says of a part of a data set. */
export type PartWord = {
  readonly part: Part;
  /** Whether the name says nothing else. */
  readonly isSure: boolean;
  /** What else it says: equal in `dogs_train` and `dogs_test`. */
  readonly rest: string;
};

const PARTS: Readonly<Record<string, Part>> = {
  train: 'train',
  training: 'train',
  trainval: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  tests: 'test',
  testing: 'test',
  eval: 'test',
  evaluation: 'test',
};

/** Words that name no class: `training_set`, `seg_train`, `test_images`. */
const FILLERS: ReadonlySet<string> = new Set(
  'set sets data dataset image images img imgs picture pictures photo photos sample samples split part seg jpg jpeg png'.split(
    ' ',
  ),
);

/** Undefined for a name without such a word. */
export const partWord = (name: string): PartWord | undefined => {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .map((word) => (Object.hasOwn(PARTS, word.replace(/(data)?set$/, '')) ? word.replace(/(data)?set$/, '') : word))
    .filter(Boolean);
  const own = words.flatMap((word) => (Object.hasOwn(PARTS, word) ? [PARTS[word] as Part] : []));
  const [part] = own;
  if (part === undefined) return undefined;
  const rest = words.filter((word) => !Object.hasOwn(PARTS, word));
  return { part, isSure: own.length === 1 && rest.every((word) => FILLERS.has(word)), rest: rest.join(' ') };
};
