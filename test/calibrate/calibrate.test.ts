import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { type CalibratedStrength, calibrateStrength } from '../../src/calibrate/calibrate.ts';
import type { CalibrateOptions } from '../../src/calibrate/options.ts';
import { ArgumentError } from '../../src/errors.ts';
import { alphaBarOf } from '../../src/noise/schedule.ts';
import { resolveStrength } from '../../src/noise/strength.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';

const SPREAD = 0.35;
const COUNT = 200;
const model = gaussianModel([16, 16, 1], SPREAD);

/** The strength at which a falling function of alphaBar's square root reaches a value, by plain bisection. */
const strengthWhere = (value: (signal: number) => number, target: number): number => {
  let [low, high] = [0, 1];
  for (let n = 0; n < 50; n += 1) {
    const middle = (low + high) / 2;
    const { sigma } = resolveStrength(model.scheduler.schedule, middle);
    if (value(Math.sqrt(alphaBarOf(sigma))) >= target) low = middle;
    else high = middle;
  }
  return low;
};

// With one step and an exact denoiser a variant is a multiple of the noisy image: everything follows from its correlation
// with the image.
const correlation = (signal: number): number =>
  (signal * SPREAD) / Math.hypot(signal * SPREAD, Math.sqrt(1 - signal ** 2));
const posteriorDistance = (signal: number): number => (SPREAD * Math.sqrt(1 - correlation(signal) ** 2)) / 2;

/** Tells images by whether they are brighter than middle grey on the whole: two classes. */
const bySign = (images: tf.Tensor4D): tf.Tensor =>
  tf.tidy(() => {
    const bright = tf.cast(tf.greater(tf.mean(images, [1, 2, 3]), 0.5), 'float32');
    return tf.stack([tf.sub(1, bright), bright], 1);
  });
const centred = (images: tf.Tensor4D): tf.Tensor =>
  tf.tidy(() => tf.reshape(tf.sub(images, 0.5), [images.shape[0], -1]));

describe('calibrateStrength', () => {
  let images: tf.Tensor4D;
  let labels: number[];
  before(() => {
    images = gaussianImages(COUNT, model, SPREAD);
    labels = tf.tidy(() => Array.from(tf.argMax(bySign(images), -1).dataSync()));
  });
  after(() => images.dispose());

  const common = { seed: 'a', solver: 'ddim', steps: 1, tolerance: 0.004 } as const;
  const retention = () => ({ ...common, classifier: bySign, labels, target: 0.8 });

  const cases: readonly [string, () => CalibrateOptions, () => number][] = [
    [
      'label retention, whose chance is that two correlated numbers share a sign',
      retention,
      () => strengthWhere((signal) => 1 - Math.acos(correlation(signal)) / Math.PI, 0.8),
    ],
    ['identity', () => ({ ...common, embed: centred, target: 0.7 }), () => strengthWhere(correlation, 0.7)],
    [
      'RMS distance',
      () => ({ ...common, distance: 'rms', target: 0.1 }),
      () => strengthWhere((signal) => -posteriorDistance(signal), -0.1),
    ],
  ];
  for (const [title, options, exact] of cases) {
    it(`finds the strength that the closed form gives for ${title}`, async () => {
      const {
        strength,
        strengthInterval,
        interval,
        measured,
        met,
        images: count,
      } = await calibrateStrength(model, images, options());
      const [low, high] = strengthInterval;
      expect(met).to.equal('up-to-strength');
      expect(count).to.equal(COUNT);
      expect(strength).to.be.within(low - common.tolerance, high);
      expect(exact()).to.be.within(low - common.tolerance, high + common.tolerance);
      expect(measured).to.be.within(...(interval as [number, number]));
    });
  }

  it('gives an interval that covers the exact strength in about 95 of 100 data sets', async () => {
    const exact = strengthWhere((signal) => 1 - Math.acos(correlation(signal)) / Math.PI, 0.8);
    const small = gaussianModel([2, 2, 1], SPREAD);
    const sets = 40;
    const all = tf.tidy(() => tf.split(gaussianImages(sets * 100, small, SPREAD), sets)) as tf.Tensor4D[];
    let covered = 0;
    for (const set of all) {
      const own = tf.tidy(() => Array.from(tf.argMax(bySign(set), -1).dataSync()));
      const { strengthInterval } = await calibrateStrength(small, set, {
        ...retention(),
        labels: own,
        tolerance: 0.03,
      });
      if (strengthInterval[0] <= exact && exact <= strengthInterval[1]) covered += 1;
    }
    tf.dispose(all);
    expect(covered / sets).to.be.at.least(0.95 - 3 * Math.sqrt((0.95 * 0.05) / sets)); // three standard errors
  });

  it('finds a strength that meets the target, with one above it by the tolerance that does not', async () => {
    const { strength, measured } = await calibrateStrength(model, images, retention());
    expect(measured).to.be.at.least(0.8);
    const above = { from: strength + common.tolerance, to: 1 };
    const { met } = await calibrateStrength(model, images, { ...retention(), strengths: above });
    expect(met).to.equal('nowhere');
  });

  it('goes up to a structural similarity as to a distance: the nearer the target, the weaker', async () => {
    const at = async (target: number): Promise<CalibratedStrength> =>
      calibrateStrength(model, images, { ...common, distance: 'ssim', target });
    const [near, far] = [await at(0.9), await at(0.5)];
    expect(near.measured).to.be.within(0.9, 0.92);
    expect(far.measured).to.be.within(0.5, 0.52);
    expect(near.strength).to.be.below(far.strength);
  });

  it('says when every strength meets the target, and when none does', async () => {
    const strengths = { from: 0.1, to: 0.3 };
    const everywhere = await calibrateStrength(model, images, { ...common, strengths, distance: 'rms', target: 0.9 });
    expect(everywhere).to.include({ met: 'everywhere', strength: 0.3 });
    const nowhere = await calibrateStrength(model, images, { ...common, strengths, distance: 'rms', target: 0.001 });
    expect(nowhere).to.include({ met: 'nowhere', strength: 0.1 });
    expect(nowhere.strengthInterval).to.deep.equal([0.1, 0.1]);
  });

  it('measures only the images that the classifier gets right', async () => {
    const wrong = labels.map((label, n) => (n % 4 === 0 ? 1 - label : label));
    const { images: count } = await calibrateStrength(model, images, { ...retention(), labels: wrong });
    expect(count).to.equal(COUNT * 0.75);
  });

  it('searches for each class on its own, as if the others were not there', async () => {
    const uneven = labels.map((label, n) => (n < 5 ? 2 : label)); // too few of class 2
    const { perClass } = await calibrateStrength(model, images, {
      ...common,
      distance: 'rms',
      target: 0.1,
      labels: uneven,
      perClass: true,
    });
    expect(Object.keys(perClass ?? {})).to.deep.equal(['0', '1']);
    const places = uneven.flatMap((label, n) => (label === 1 ? [n] : []));
    const ones = tf.tidy(() => tf.gather(images, tf.tensor1d(places, 'int32')));
    const alone = await calibrateStrength(model, ones, { ...common, distance: 'rms', target: 0.1 });
    ones.dispose();
    expect(perClass?.[1]?.strength).to.equal(alone.strength);
    expect(perClass?.[1]?.images).to.equal(places.length);
    expect(perClass?.[1]?.measured).to.be.closeTo(alone.measured, 1e-5);
  });

  it('gives the same for the same seed, and something else for another', async () => {
    const once = await calibrateStrength(model, images, retention());
    expect(await calibrateStrength(model, images, retention())).to.deep.equal(once);
    const other = await calibrateStrength(model, images, { ...retention(), seed: 'b' });
    expect(other.measured).to.not.equal(once.measured);
  });

  it('takes images of 0 to 255, and gives the same', async () => {
    const whole = tf.tidy(() => tf.cast(tf.round(tf.mul(images, 255)), 'int32') as tf.Tensor4D);
    const options = { ...common, distance: 'rms', target: 0.1 } as const;
    const [ints, floats] = [
      await calibrateStrength(model, whole, options),
      await calibrateStrength(model, images, options),
    ];
    whole.dispose();
    expect(ints.strength).to.be.closeTo(floats.strength, 2 * common.tolerance);
    expect(ints.measured).to.be.closeTo(floats.measured, 0.002);
  });

  it('counts network calls and progress, shares them between classes, and ends at the total', async () => {
    const told: [number, number][] = [];
    const before = model.asked.images;
    const { evaluations } = await calibrateStrength(model, images, {
      ...retention(),
      tolerance: 0.25,
      variants: 2,
      perClass: true,
      onProgress: (done, total) => told.push([done, total]),
    });
    expect(evaluations).to.equal(model.asked.images - before);
    expect(evaluations).to.be.below(2 * 4 * COUNT * 2);
    expect(told.every(([done, total], n) => done <= total && done >= (told[n - 1]?.[0] ?? 0))).to.equal(true);
    expect(told.at(-1)?.[0]).to.equal(told.at(-1)?.[1]);
  });

  it('ends when its signal says so', () =>
    expectNoLeak(async () => {
      const ending = new AbortController();
      const stop = calibrateStrength(model, images, {
        ...retention(),
        signal: ending.signal,
        onProgress: () => ending.abort(new Error('enough')),
      });
      expect((await rejection(stop)).message).to.equal('enough');
    }));

  it('leaves no tensors behind', () =>
    expectNoLeak(() => calibrateStrength(model, images, { ...retention(), perClass: true, tolerance: 0.1 })));

  const refusals: readonly [string, string, () => Partial<Record<keyof CalibrateOptions, unknown>>][] = [
    ['a target above 1', 'bad-target', () => ({ target: 1.2 })],
    ['two measures at once', 'bad-goal', () => ({ distance: 'rms' })],
    ['no measure', 'bad-goal', () => ({ classifier: undefined })],
    ['an unknown distance', 'unknown-distance', () => ({ classifier: undefined, distance: 'lpips' })],
    ['strengths upside down', 'bad-strengths', () => ({ strengths: { from: 0.5, to: 0.2 } })],
    ['a tolerance of 0', 'bad-tolerance', () => ({ tolerance: 0 })],
    ['half a variant', 'bad-variants', () => ({ variants: 0.5 })],
    ['no seed', 'bad-seed', () => ({ seed: undefined })],
    ['no steps', 'bad-steps', () => ({ steps: 0 })],
    ['a classifier without labels', 'no-labels', () => ({ labels: undefined })],
    ['too few labels', 'bad-label', () => ({ labels: [1, 2] })],
    ['a label that is no number', 'bad-label', () => ({ labels: labels.map(() => Number.NaN) })],
    ['a class that the classifier lacks', 'bad-classifier', () => ({ labels: labels.map(() => 7) })],
    ['a condition for a model without classes', 'bad-label', () => ({ conditional: true })],
    [
      'too few images that are classified right',
      'too-few-images',
      () => ({ labels: labels.map((one, n) => (n < 9 ? one : 1 - one)) }),
    ],
  ];
  for (const [title, code, changes] of refusals) {
    it(`refuses ${title}`, () =>
      expectNoLeak(async () => {
        const options = { ...retention(), ...changes() } as CalibrateOptions;
        const error = await rejection(calibrateStrength(model, images, options));
        expect(error).to.be.instanceOf(ArgumentError).and.include({ code });
      }));
  }
});
