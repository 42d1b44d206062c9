import type { Attack, AttackReport } from '../../../src/apps/anonymise/attacks/attacks.ts';
import type { CurvePoint } from '../../../src/apps/anonymise/choose.ts';
import type { PlainComparison } from '../../../src/apps/anonymise/comparePlain.ts';
import type { Recognised } from '../../../src/apps/anonymise/identity.ts';
import type { AnonymityReport } from '../../../src/apps/anonymise/report.ts';
import type { Share } from '../../../src/apps/anonymise/shares.ts';
import type { Utility } from '../../../src/apps/anonymise/utility.ts';

/* Figures that nobody measured, such as a run might give. */

export const share = (value: number, of = 300): Share => {
  const half = 1.96 * Math.sqrt((value * (1 - value)) / of) + 0.004;
  return { share: value, low: Math.max(0, value - half), high: Math.min(1, value + half), of };
};

export const recognised = (value: number, chance: number, untouched?: number): Recognised => ({
  ...share(value),
  chance,
  ...(untouched === undefined ? {} : { untouched: share(untouched) }),
});

export const utility = (strength: number, images = 300): Utility => ({
  images,
  distance: 0.22 * strength ** 0.8,
  ssim: 1 - 0.75 * strength,
  labels: share(1 - 0.3 * strength ** 2, images),
  found: share(1 - 0.06 * strength ** 2, images),
  attributes: {
    age: { kept: share(1 - 0.6 * strength, images), chance: 0.31, within: 5, difference: 9.1 * strength },
    expression: { kept: share(1 - 0.45 * strength, images), chance: 0.52 },
    gender: { kept: share(1 - 0.2 * strength, images), chance: 0.62 },
  },
  frechet: { distance: 0.31 * strength, of: images },
});

const point = (strength: number): CurvePoint => {
  const own = share(1 / (1 + Math.exp(14 * (strength - 0.42))), 400);
  const person = share(0.9 / (1 + Math.exp(13 * (strength - 0.4))), 400);
  return { strength, own, person, risk: Math.max(own.high, person.high), utility: utility(strength, 400) };
};

const attack = (own: number, person: number): Attack => ({
  own: recognised(own, 0.0033),
  person: recognised(person, 0.0041, 0.89),
  notFound: 7,
});

export const attacks: AttackReport = {
  plain: attack(0.017, 0.013),
  renoised: attack(0.013, 0.01),
  parrot: attack(0.037, 0.023),
  mapped: attack(0.027, 0.03),
  replayed: { withSeed: { ...share(1, 10), chance: 0.1 }, without: { ...share(0.4, 10), chance: 0.1 }, candidates: 10 },
  worst: { own: 'parrot', person: 'mapped' },
};

export const plain: PlainComparison = {
  copies: { own: recognised(0.017, 0.0033), person: recognised(0.013, 0.0041), utility: utility(0.7) },
  blur: {
    level: 4.5,
    own: recognised(0.013, 0.0033),
    person: recognised(0.01, 0.0041),
    utility: { ...utility(0.9, 120), ssim: 0.71, distance: 0.09 },
  },
  pixelate: { level: 10, own: recognised(0.013, 0.0033), person: recognised(0.013, 0.0041), utility: utility(0.8, 60) },
  isWorse: { blur: ['ssim', 'distance'], pixelate: [] },
  isBetter: { blur: ['found', 'attribute age'], pixelate: ['found', 'ssim', 'labels'] },
};

/** Everything is measured, and all is well but that an attacker finds more than the target. */
export const madeUpReport = (changes: Partial<AnonymityReport> = {}): AnonymityReport => ({
  version: 1,
  model: { name: 'models/faces-64', digest: 'sha256:4f1d0c6be1d8', engine: 'onnxruntime-node, cpu' },
  versions: { 'tfjs-boomerang': '0.1.0', '@tensorflow/tfjs-core': '4.22.0', node: '20.19.0' },
  embedder: 'face-api 1.7.15',
  judge: 'human 3.3.6',
  target: 0.05,
  per: 'set',
  region: 'faces',
  noFace: 'skip',
  chosen: { strength: 0.7, risk: 0.041 },
  split: { choosing: { images: 400, people: 200 }, judging: { images: 314, people: 150 } },
  curve: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map(point),
  baseline: { chance: 0.0025, untouched: 0.87 },
  identity: {
    images: 314,
    people: 150,
    notFound: { originals: 2, copies: 12 },
    similarity: { mean: 0.31, median: 0.3, most: 0.52, highest: 0.71, of: 300 },
    own: { rank1: recognised(0.017, 0.0033), rank5: recognised(0.053, 0.0167) },
    person: { rank1: recognised(0.013, 0.0041, 0.89), rank5: recognised(0.047, 0.02, 0.96) },
    verification: [
      { far: 0.01, threshold: 0.55, accepted: share(0.04), linked: share(0.06, 280), untouched: share(0.97, 280) },
      { far: 0.001 },
    ],
  },
  utility: utility(0.7),
  attacks,
  plain,
  counts: {
    images: 720,
    fates: {
      written: 693,
      copied: 0,
      whole: 0,
      'no-face': 4,
      unreadable: 1,
      'original-unjudged': 2,
      'copy-unjudged': 12,
      'too-near': 5,
      duplicate: 3,
    },
    duplicates: 6,
  },
  notes: ['31 regions are larger than the 64 x 64 pixels that the model makes: what is finer than these is lost.'],
  ...changes,
});

/** As little as a report can hold. */
export const bareReport = (): AnonymityReport => {
  const { attacks: _, baseline: _b, plain: _p, ...report } = madeUpReport();
  return {
    ...report,
    per: 'image',
    region: 'mask',
    noFace: 'whole',
    model: { name: 'm' },
    versions: {},
    chosen: { threshold: 0.5 },
    curve: report.curve.map(({ strength, risk, utility: { images, distance, ssim } }) => ({
      strength,
      risk,
      utility: { images, distance, ssim, attributes: {} },
    })),
    identity: { ...report.identity, own: {}, person: {}, verification: [{ far: 0.01 }, { far: 0.001 }] },
    utility: { images: 1, distance: 0.1, ssim: 0.5, attributes: {} },
    tries: [
      { tries: 1, images: 3 },
      { tries: 2, images: 1 },
    ],
    notes: [],
  };
};

/** A made-up report in which the images met other fates. */
export const withFates = (changes: Partial<AnonymityReport['counts']['fates']>): AnonymityReport => {
  const { counts, ...report } = madeUpReport();
  return { ...report, counts: { ...counts, fates: { ...counts.fates, ...changes } } };
};
