import { ArgumentError } from '../../src/errors.ts';

/** What an arm does to the images that a classifier is trained on. */
export type Arm = {
  /** For the report, in a few words. */
  readonly about: string;
  /** Whether every draw goes through classical augmentation. */
  readonly classical: boolean;
  /** What extra draws of images are: there are none, they are copies, or variants. */
  readonly extras: 'none' | 'copies' | 'variants';
  /** Strengths of variants as shares of the study's, each for an equal stretch of the training. */
  readonly strengths?: readonly number[];
  /** Whether labels of extra draws are softened as those of variants are, though nothing is thrown. */
  readonly soft?: boolean;
  /** Whether the strengths take turns from step to step instead. */
  readonly inTurns?: boolean;
  /** Whether only the images that are learned slowly have variants; the others' extra draws are copies. */
  readonly slow?: boolean;
  /** Whether variants must look like their class to a classifier that was trained without them. */
  readonly filter?: boolean;
  /** Whether images return to their own class, which the generator knows from all labels. */
  readonly conditional?: boolean;
};

const both = { classical: true, extras: 'variants', strengths: [1] } as const;

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
};

/** What every study should compare, in the order of tables and keys. */
export const MAIN_ARMS: readonly string[] = ['none', 'copies', 'classical', 'boomerang', 'classical+boomerang'];

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
