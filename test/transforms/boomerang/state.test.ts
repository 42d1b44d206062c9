import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { memoryBank } from '../../../src/caches/bank.ts';
import { ArgumentError } from '../../../src/errors.ts';
import type { VariantRecord } from '../../../src/returns/record.ts';
import { replay } from '../../../src/returns/replay.ts';
import { adaptive } from '../../../src/schedules/adaptive.ts';
import { ramp, warmUp } from '../../../src/schedules/schedules.ts';
import { byClass } from '../../../src/schedules/strength.ts';
import type { AugmentConfig, AugmentState } from '../../../src/transforms/boomerang/augmentState.ts';
import { augmentFrom, boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../../src/transforms/boomerang/options.ts';
import { gaussianImages, gaussianModel } from '../../support/gaussianModel.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const model = gaussianModel();
const COUNT = 6;
const EPOCHS = 3;
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** Options as a program makes them anew each time it starts; the measure is a function of the epoch alone. */
const options = (): AugmentOptions => ({
  model,
  seed: 'run',
  strength: adaptive({ target: 0, measure: (epoch) => (epoch === 0 ? 1 : -1), start: 0.3, step: 0.1 }),
  probability: 0.8,
  epochs: EPOCHS,
  steps: 4,
  eta: 1,
  reuse: 2,
  branch: 0.5,
});

describe('the state of an augmenter', () => {
  let images: tf.Tensor4D;
  before(() => {
    images = gaussianImages(COUNT, model);
  });
  after(() => images.dispose());

  /** Image by image, epoch by epoch; started anew from its state before step `interrupted`. */
  const run = async (interrupted?: number): Promise<number[][]> => {
    let augment = boomerangAugment(options());
    const made: number[][] = [];
    for (let step = 0; step < EPOCHS * COUNT; step += 1) {
      const epoch = Math.floor(step / COUNT);
      if (step % COUNT === 0) augment.setEpoch(epoch);
      if (step === interrupted) augment = boomerangAugment({ ...options(), state: json(augment.state()) });
      const image = tf.slice(images, [step % COUNT, 0, 0, 0], [1, 4, 4, 1]);
      const variant = augment(image);
      made.push(Array.from(variant.dataSync()));
      tf.dispose([image, variant]);
      if (step % COUNT === COUNT - 1) await augment.endEpoch();
    }
    return made;
  };

  it('lets a run that was interrupted at any step go on with the same bytes', async () => {
    const whole = await run();
    for (let step = 0; step < EPOCHS * COUNT; step += 1)
      expect(await run(step), `at step ${step}`).to.deep.equal(whole);
  });

  const others: [string, Partial<AugmentOptions>, RegExp][] = [
    ['another number of steps', { steps: 5 }, /steps was 4 and is 5; make the augmenter with those/],
    ['another seed', { seed: 'other' }, /seed was "run" and is "other"/],
    ['an option more', { tries: 2 }, /tries was nothing and is 2/],
    ['another model', { model: gaussianModel([4, 4, 1], 0.2) }, /gaussian-0\.35.*gaussian-0\.2/],
  ];
  for (const [name, changes, message] of others) {
    it(`is refused by an augmenter with ${name}, which is named`, () => {
      const state = boomerangAugment(options()).state();
      expect(() => boomerangAugment({ ...options(), ...changes, state }))
        .to.throw(ArgumentError, message)
        .with.property('code', 'bad-state');
    });
  }

  it('is refused in a version that is not known', () => {
    const state = { ...boomerangAugment(options()).state(), version: 1 } as unknown as AugmentState;
    expect(() => boomerangAugment({ ...options(), state })).to.throw(ArgumentError, /version 2, got 1/);
  });
});

describe('the config of an augmenter', () => {
  const rich = (): AugmentOptions => ({
    model,
    seed: 7,
    strength: warmUp(2, ramp(0.1, 0.5)),
    probability: ramp(0.2, 1),
    epochs: 10,
    steps: 6,
    solver: 'euler-ancestral',
    select: { share: 0.4 },
    labels: 'ys',
    distance: { max: 0.3 },
    mode: 'pair',
  });

  it('goes through JSON and comes back', () => {
    const config = json(boomerangAugment(rich()).getConfig());
    expect(augmentFrom(config, { model }).getConfig()).to.deep.equal(config);
    const classes = { ...rich(), strength: byClass({ 1: 0.2, 2: ramp(0, 1) }, 0.5) };
    const written = json(boomerangAugment(classes).getConfig());
    expect(augmentFrom(written, { model }).getConfig()).to.deep.equal(written);
  });

  it('asks for what was code', () => {
    const own = { ...rich(), strength: () => 0.3 };
    const config = json(boomerangAugment(own).getConfig());
    expect(config.live).to.deep.equal(['strength']);
    expect(() => augmentFrom(config, { model }))
      .to.throw(ArgumentError, /strength/)
      .with.property('code', 'bad-config');
    expect(augmentFrom(config, { model, strength: own.strength }).getConfig()).to.deep.equal(config);
  });

  const own = () => 0.3;
  const hard: [string, Partial<AugmentOptions>, string[]][] = [
    ['an adaptive strength', { strength: adaptive({ target: 0, measure: () => 0, start: 0.2 }) }, ['strength']],
    ['an adaptive probability', { probability: adaptive({ target: 0, measure: () => 0 }) }, ['probability']],
    ['a schedule made of an own function', { strength: warmUp(2, own) }, ['strength']],
    ['classes with an own function', { strength: byClass({ 1: own }, 0.5), labels: 'ys' }, ['strength']],
    ['a seed called custom', { seed: 'custom' }, []],
    ['keys called custom', { select: { keys: ['custom', 'schedule'] } }, []],
    ['a distance without bounds', { distance: { min: 0.01, max: Number.POSITIVE_INFINITY } }, []],
    ['a list of strengths', { strength: [0.2, 0.4] }, []],
    ['a bank', { bank: 3 }, []],
    ['a bank of its own', { bank: memoryBank({ variants: 3 }) }, ['bank']],
    ['a filter', { labels: 'ys', keep: { classifier: (x: tf.Tensor) => x, topK: 1 } }, ['keep']],
    ['labels told by a function', { labels: () => [0] }, ['labels']],
    ['keys told by a function', { keys: () => ['custom'] }, ['keys']],
    ['a rule of its own', { select: { selects: () => true } }, ['select']],
    ['resizing', { fit: 'detail' }, []],
  ];
  for (const [name, changes, live] of hard) {
    it(`comes back with ${name}, given what only code can say, and makes the same`, () => {
      const options = { ...rich(), labels: undefined, ...changes } as AugmentOptions;
      const augment = boomerangAugment(options);
      const config = json(augment.getConfig());
      expect(config.live).to.deep.equal(live);
      const given = Object.fromEntries(live.map((one) => [one, options[one as keyof AugmentOptions]]));
      if (live.length > 0) {
        expect(() => augmentFrom(config, { model }))
          .to.throw(ArgumentError, new RegExp(String(live[0])))
          .with.property('code', 'bad-config');
      }
      const again = augmentFrom(config, { model, ...given });
      expect(json(again.getConfig())).to.deep.equal(config);
      again.restore(json(augment.state()));
    });
  }

  it('is refused with unknown fields and versions', () => {
    const config = boomerangAugment(rich()).getConfig();
    expect(() => augmentFrom({ ...config, options: { ...config.options, strenght: 1 } }, { model })).to.throw(
      ArgumentError,
      /strenght/,
    );
    expect(() => augmentFrom({ ...config, version: 9 } as unknown as AugmentConfig, { model })).to.throw(
      ArgumentError,
      /9/,
    );
  });
});

describe('the record of a variant', () => {
  it('makes the same pixels again', async () => {
    const images = gaussianImages(COUNT, model);
    const records: VariantRecord[] = [];
    const augment = boomerangAugment({
      ...options(),
      strength: { from: 0.1, to: 0.7 },
      keys: () => Array.from({ length: COUNT }, (_, n) => `image ${n}`),
      onVariant: (record) => records.push(json(record)),
    });
    for (const epoch of [0, 3]) {
      records.length = 0;
      augment.setEpoch(epoch);
      const variants = augment(images);
      const rows = tf.unstack(variants) as tf.Tensor3D[];
      const originals = tf.unstack(images) as tf.Tensor3D[];
      expect(records).to.not.be.empty;
      for (const record of records) {
        const n = Number(String(record.key).split(' ')[1]);
        let again: tf.Tensor3D | undefined;
        await expectNoLeak(async () => {
          again = await replay(model, record, originals[n] as tf.Tensor3D);
          expect(again).to.be.tensorCloseTo(rows[n] as tf.Tensor3D, 1e-6);
          again.dispose();
        });
        expect(record).to.include({
          epoch,
          throwEpoch: epoch - (epoch % 2),
          seed: 'run',
          steps: 4,
          solver: 'ddim',
          eta: 1,
          kept: true,
        });
      }
      tf.dispose([variants, ...rows, ...originals]);
    }
    images.dispose();
  });

  it('is refused with another model', async () => {
    const records: VariantRecord[] = [];
    const images = gaussianImages(1, model);
    boomerangAugment({ ...options(), probability: 1, onVariant: (record) => records.push(record) })(images).dispose();
    let caught: unknown;
    await replay(gaussianModel([4, 4, 1], 0.2), records[0] as VariantRecord, images).catch((error) => {
      caught = error;
    });
    expect(caught).to.be.instanceOf(ArgumentError).with.property('code', 'bad-record');
    images.dispose();
  });
});
