import { ArgumentError } from '../../src/errors.ts';
import type { Settings } from './settings.ts';

/** What an arm does to the images that a classifier is trained on. */
export type Arm = {
  /** For the report, in a few words. */
  readonly about: string;
  /** Whether every draw goes through classical augmentation. */
  readonly classical: boolean;
  /** Whether that is the strong one that a search found, instead of the usual flip and shift. */
  readonly strong?: boolean;
  /** What extra draws of images are: there are none, copies, variants, or images of the pool, which has no labels. */
  readonly extras: 'none' | 'copies' | 'variants' | 'pool';
  /**
   * Who says what extra draws show, instead of the label of their image: a teacher, the moving average of the
   * classifier, who sees the extra draw itself, or the image that it was made of.
   */
  readonly teacher?: 'draw' | 'image';
  /** Strengths of variants as shares of the study's, each for an equal stretch of the training. */
  readonly strengths?: readonly number[];
  /** Whether labels of extra draws are softened as those of variants are, though nothing is thrown. */
  readonly soft?: boolean;
  /** Whether the strengths take turns from step to step instead. */
  readonly inTurns?: boolean;
  /** Whether only images of classes with fewer labels have extra draws, where labels are uneven. */
  readonly rare?: boolean;
  /** Whether only the images that are learned slowly have variants; the others' extra draws are copies. */
  readonly slow?: boolean;
  /** Whether variants must look like their class to a classifier that was trained without them. */
  readonly filter?: boolean;
  /** Whether images return to their own class, which the generator knows from all labels. */
  readonly conditional?: boolean;
  /** Settings that are its own, as they were found best for it. */
  readonly changes?: Partial<Settings>;
};

const both = { classical: true, extras: 'variants', strengths: [1] } as const;
const strong = { classical: true, strong: true } as const;

/** The arms, by name. */
export const ARMS: Readonly<Record<string, Arm>> = {
  none: { about: 'images as they are', classical: false, extras: 'none' },
  copies: { about: 'as many extra draws, unchanged', classical: false, extras: 'copies' },
  classical: { about: 'classical augmentation', classical: true, extras: 'none' },
  'classical:soft': {
    about: 'control: extra draws are copies, with labels as soft as those of variants',
    classical: true,
    extras: 'copies',
    soft: true,
  },
  boomerang: { about: 'extra draws are variants', classical: false, extras: 'variants', strengths: [1] },
  'classical+boomerang': { about: 'extra draws are variants, then classical augmentation of all', ...both },
  'classical+boomerang:ramp': { about: 'strength rises during training', ...both, strengths: [0.5, 0.75, 1] },
  'classical+boomerang:schedule': {
    about: 'strengths take turns from step to step',
    ...both,
    strengths: [0.5, 0.75, 1],
    inTurns: true,
  },
  'classical+boomerang:slow': { about: 'variants of slowly learned images alone', ...both, slow: true },
  'classical+boomerang:filter': {
    about: 'variants whose class a classifier trained on the same labels still sees',
    ...both,
    filter: true,
  },
  'classical+boomerang:conditional': {
    about: 'variants return to their own class: uses all labels, through the generator',
    ...both,
    conditional: true,
  },
  strong: { about: 'classical augmentation as strong as a search found best', ...strong, extras: 'none' },
  'strong:soft': {
    about: 'control: extra draws are copies, with labels as soft as those of variants',
    ...strong,
    extras: 'copies',
    soft: true,
  },
  'strong+boomerang': { about: 'extra draws are variants, then strong augmentation of all', ...both, ...strong },
  'strong+boomerang:teacher': {
    about: 'a moving average of the classifier says what variants show, where it is sure',
    ...both,
    ...strong,
    teacher: 'draw',
  },
  'strong+boomerang:consistent': {
    about: 'variants are to be seen as that average sees their images',
    ...both,
    ...strong,
    teacher: 'image',
  },
  'strong+boomerang:farther': {
    about: 'the second best: extra draws are variants of strength 0.4',
    ...both,
    ...strong,
    changes: { strength: 0.4 },
  },
  'strong+boomerang:late': { about: 'variants in the last third alone', ...both, ...strong, strengths: [0, 0, 1] },
  'strong:rare': {
    about: 'extra draws of images of rare classes, as copies',
    ...strong,
    extras: 'copies',
    rare: true,
  },
  'strong+boomerang:rare': {
    about: 'extra draws of images of rare classes, as variants',
    ...both,
    ...strong,
    rare: true,
  },
  'strong:teacher': {
    about: 'control: a moving average of the classifier says what copies show, where it is sure',
    ...strong,
    extras: 'copies',
    teacher: 'draw',
  },
  'strong+pool': {
    about: 'rival: that average labels real images without labels, a fifth of all, instead of variants (FixMatch)',
    ...strong,
    extras: 'pool',
    teacher: 'draw',
  },
};

/** What every study should compare, in the order of tables and keys. */
export const MAIN_ARMS: readonly string[] = ['none', 'copies', 'classical', 'boomerang', 'classical+boomerang'];

/** What a study is about: whether one arm is ahead of another, and which arms its pictures have. */
export type Question = { readonly hero: string; readonly rival: string; readonly main: readonly string[] };

/** Of a study of uneven labels: drawing rare classes more often is free, and what variants are to be better than. */
const UNEVEN: Question = {
  hero: 'strong+boomerang:rare',
  rival: 'strong:rare',
  main: ['strong', 'strong:rare', 'strong+boomerang:rare'],
};

/** A study that has the strong arm, and not the usual one, is about the first arm of Boomerang on top of it. */
export const questionOf = (arms: readonly string[]): Question => {
  if (arms.includes(UNEVEN.hero) && arms.includes(UNEVEN.rival) && !arms.includes('classical')) return UNEVEN;
  if (arms.includes('classical') || !arms.includes('strong')) {
    return { hero: 'classical+boomerang', rival: 'classical', main: MAIN_ARMS };
  }
  const hero = arms.find((arm) => arm.startsWith('strong+boomerang')) ?? 'strong+boomerang';
  const others = arms.filter((arm) => arm.startsWith('strong') && !['strong', 'strong:soft', hero].includes(arm));
  return { hero, rival: 'strong', main: ['none', 'strong', 'strong:soft', hero, ...others] };
};

/**
 * The arms that a list names: names, or `main` and `all`.
 *
 * @throws ArgumentError `unknown-arm`.
 */
export const armsNamed = (list: string): readonly string[] => {
  const names = list.split(',').flatMap((name) => {
    if (name === 'main') return MAIN_ARMS;
    return name === 'all' ? Object.keys(ARMS) : [name.trim()];
  });
  const unknown = names.find((name) => !Object.hasOwn(ARMS, name));
  if (unknown === undefined) return [...new Set(names)];
  const known = ['main', 'all', ...Object.keys(ARMS)].join(', ');
  throw new ArgumentError('unknown-arm', `unknown arm "${unknown}"; choose some of: ${known}`);
};
