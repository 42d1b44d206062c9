import type { Settings, Strong, TeacherSettings } from './settings.ts';
import { TEACHER } from './settings.ts';

/** A setting that is tried on validation images: an arm, and what is changed for it. */
export type Trial = { readonly name: string; readonly arm: string; readonly changes: Partial<Settings> };

const baseline = (name: string, strong: Strong): Trial => ({
  name,
  arm: 'strong',
  changes: { strong: { flip: true, crop: 2, ...strong } },
});

/** What was thought best of the baseline when the search began; every other trial is to beat it. */
export const AT_FIRST: Strong = { flip: true, crop: 2, randAugment: { n: 1, magnitude: 4 }, cutout: 8 };

const REFERENCE: Trial = { name: 'RandAugment 1, 4; cutout 8', arm: 'strong', changes: { strong: AT_FIRST } };

/** Classical augmentation alone. */
const strong: readonly Trial[] = [
  baseline('flip and crop alone', {}),
  REFERENCE,
  baseline('RandAugment 2, 4; cutout 8', { randAugment: { n: 2, magnitude: 4 }, cutout: 8 }),
  baseline('RandAugment 1, 8; cutout 8', { randAugment: { n: 1, magnitude: 8 }, cutout: 8 }),
  baseline('TrivialAugment; cutout 8', { trivial: true, cutout: 8 }),
  baseline('mixup 0.3; cutmix 1', { mixup: 0.3, cutmix: 1 }),
  baseline('RandAugment 1, 4; cutmix 1', { randAugment: { n: 1, magnitude: 4 }, cutmix: 1 }),
  baseline('RandAugment 1, 4; cutout 8; mixup 0.3', { randAugment: { n: 1, magnitude: 4 }, cutout: 8, mixup: 0.3 }),
];

const variants = (name: string, changes: Partial<Settings>, arm = 'strong+boomerang'): Trial => ({
  name,
  arm,
  changes: { strong: AT_FIRST, ...changes },
});

/** Variants on top, labelled as their images: as many trials as for the baseline, itself one of them. */
const boomerang: readonly Trial[] = [
  REFERENCE,
  variants('strength 0.3, a half of draws', { extras: 1 }),
  variants('strength 0.3, three quarters', {}),
  variants('strength 0.3, a quarter', { extras: 1, probability: 0.5 }),
  variants('strength 0.2, a half', { extras: 1, strength: 0.2 }),
  variants('strength 0.4, a half', { extras: 1, strength: 0.4 }),
  variants('strength 0.3, a half, gamma 2', { extras: 1, gamma: 2 }),
  variants('strength 0.3, a half, in the last third', { extras: 1 }, 'strong+boomerang:late'),
];

/** What softer labels, and an image drawn twice, give by themselves. */
const controls: readonly Trial[] = [variants('control: soft copies, a half of draws', { extras: 1 }, 'strong:soft')];

const harder: Strong = { ...AT_FIRST, randAugment: { n: 1, magnitude: 8 } };

const softer = (smoothing: number): Strong => ({ ...AT_FIRST, smoothing });

/** Labels that are softened for all draws alike: what is free of what soft labels of variants give. */
const smoothed: readonly Trial[] = [
  baseline('label smoothing 0.1', softer(0.1)),
  baseline('label smoothing 0.2', softer(0.2)),
  variants('label smoothing 0.1: variants of 0.3, a half of draws', { extras: 1, strong: softer(0.1) }),
  variants('label smoothing 0.1: variants of 0.3, three quarters', { strong: softer(0.1) }),
  variants('label smoothing 0.1: soft copies, a half of draws', { extras: 1, strong: softer(0.1) }, 'strong:soft'),
];

const patched: Strong = { flip: true, crop: 2, randAugment: { n: 1, magnitude: 4 }, cutmix: 1 };
const mixing: Strong = { flip: true, crop: 2, mixup: 0.3, cutmix: 1 };

const onPatched = (name: string, changes: Partial<Settings>, arm?: string): Trial =>
  variants(`RandAugment 1, 4; cutmix 1: ${name}`, { strong: patched, ...changes }, arm);

/** Images mixed with each other, the best of the baseline once trainings are longer: alone, with variants, with soft copies. */
const mixed: readonly Trial[] = [
  baseline('RandAugment 1, 4; cutmix 1', patched),
  baseline('mixup 0.3; cutmix 1', mixing),
  baseline('RandAugment 1, 4; mixup 0.3; cutmix 1', { ...patched, mixup: 0.3 }),
  baseline('RandAugment 1, 4; cutout 8; cutmix 1', { ...patched, cutout: 8 }),
  baseline('RandAugment 1, 8; cutmix 1', { randAugment: { n: 1, magnitude: 8 }, cutmix: 1 }),
  baseline('TrivialAugment; cutmix 1', { trivial: true, cutmix: 1 }),
  onPatched('variants of 0.3, a half of draws', { extras: 1 }),
  onPatched('variants of 0.3, a half of draws, gamma 2', { extras: 1, gamma: 2 }),
  onPatched('variants of 0.4, a half of draws, gamma 2', { extras: 1, strength: 0.4, gamma: 2 }),
  onPatched('variants of 0.3, three quarters', {}),
  variants('mixup 0.3; cutmix 1: variants of 0.3, a half of draws', { extras: 1, strong: mixing }),
  onPatched('soft copies, a half of draws', { extras: 1 }, 'strong:soft'),
];

/** The best that was found of the baseline, alone, with softer labels, and with variants. */
const stronger: readonly Trial[] = [
  baseline('RandAugment 1, 8; cutout 8', harder),
  variants('RandAugment 1, 8; cutout 8: variants of 0.3, a half of draws', { extras: 1, strong: harder }),
  variants('RandAugment 1, 8; cutout 8: soft copies, a half of draws', { extras: 1, strong: harder }, 'strong:soft'),
];

const taught = (name: string, changes: Partial<Settings>, arm = 'strong+boomerang:teacher'): Trial =>
  variants(name, changes, arm);

const teacher = (changes: Partial<TeacherSettings>): Partial<Settings> => ({ teacher: { ...TEACHER, ...changes } });

/** Extra draws labelled by a moving average of the classifier, and what they are to be compared with. */
const teachers: readonly Trial[] = [
  REFERENCE,
  taught('teacher, variants of strength 0.6', { strength: 0.6 }),
  taught('rival: teacher, real images', {}, 'strong+pool'),
  taught('control: teacher, copies', {}, 'strong:teacher'),
  taught('teacher, variants of strength 0.3', { strength: 0.3 }),
  taught('teacher, variants of strength 0.8', { strength: 0.8 }),
  taught('own label where the teacher agrees, strength 0.4', {
    strength: 0.4,
    ...teacher({ agrees: true, threshold: 0 }),
  }),
  taught('own label where the teacher agrees, half of draws, strength 0.5', {
    extras: 1,
    strength: 0.5,
    ...teacher({ agrees: true, threshold: 0 }),
  }),
  taught(
    'consistent with the image, strength 0.3',
    { ...teacher({ hard: false, threshold: 0 }) },
    'strong+boomerang:consistent',
  ),
];

const surer = { extras: 1, ...teacher({ threshold: 0.9, decay: 0.995 }) };

/** Says all that it thinks of every draw. */
const average = { extras: 1, ...teacher({ hard: false, threshold: 0, decay: 0.995 }) };

/** The same on the best of the baseline, by a teacher that must be surer, for a half of the draws. */
const taughtMixed: readonly Trial[] = [
  onPatched('rival: surer teacher, real images', surer, 'strong+pool'),
  onPatched('surer teacher, variants of 0.4', { ...surer, strength: 0.4 }, 'strong+boomerang:teacher'),
  onPatched('surer teacher, variants of 0.7', { ...surer, strength: 0.7 }, 'strong+boomerang:teacher'),
  onPatched(
    'own label where the teacher agrees, variants of 0.5',
    { extras: 1, strength: 0.5, gamma: 2, ...teacher({ agrees: true, threshold: 0 }) },
    'strong+boomerang:teacher',
  ),
  onPatched(
    'consistent with the image, variants of 0.3',
    { extras: 1, ...teacher({ hard: false, threshold: 0 }) },
    'strong+boomerang:consistent',
  ),
  onPatched('surer teacher, copies', surer, 'strong:teacher'),
  onPatched('mean teacher, real images', average, 'strong+pool'),
  onPatched('mean teacher, variants of 0.6', { ...average, strength: 0.6 }, 'strong+boomerang:teacher'),
];

/** Labels that are uneven, a quarter for every second class; accuracy is that of validation images, which are even. */
const rare: readonly Trial[] = [
  onPatched('uneven, alone', { rare: 0.25 }, 'strong'),
  onPatched('uneven, copies of rare classes', { rare: 0.25 }, 'strong:rare'),
  onPatched('uneven, variants of rare classes', { rare: 0.25, gamma: 2 }, 'strong+boomerang:rare'),
];

/** All trials, by group. */
export const TRIALS: Readonly<Record<string, readonly Trial[]>> = {
  strong,
  boomerang,
  controls,
  smoothed,
  mixed,
  stronger,
  teachers,
  taughtMixed,
  rare,
};
