import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import type { Model } from '../../src/models/model.ts';
import { augmentFrom, boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import type { LiveOptions } from '../../src/transforms/boomerang/config.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { type Labelled, labelled, openTiny } from './tiny.ts';

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value));

describe('an augmenter that is told prompts', () => {
  let model: Model;
  let batch: Labelled;
  before(async () => {
    model = await openTiny('stable');
    batch = labelled(2, model);
  });
  after(() => {
    tf.dispose([batch.xs, batch.ys]);
    model.dispose();
  });

  const classes = ['cat', 'red car'];
  const byLabel = (_: unknown, label: number | undefined): string => `a photo of a ${classes[label ?? -1]}`;
  const way = { seed: 's', strength: 0.5, steps: 3, eta: 1, guidance: 3, negativePrompt: 'blurry', labels: 'ys' };
  /** The same images, told in three ways. */
  const PROMPTS: Readonly<Record<string, { told: Partial<AugmentOptions>; live: readonly string[] }>> = {
    'a text, with the names of the classes': { told: { prompt: 'a photo of a {class}', classes }, live: [] },
    'a function of the label': { told: { prompt: byLabel }, live: ['prompt'] },
    'a function that looks at the element': {
      told: { prompt: (element, label) => (typeof element === 'object' ? byLabel(element, label) : '') },
      live: ['prompt'],
    },
  };
  const passes = (augment: ReturnType<typeof boomerangAugment>, epochs: readonly number[]): number[][] =>
    epochs.map((epoch) => {
      augment.setEpoch(epoch);
      const { xs } = augment(batch);
      const values = Array.from(xs.dataSync());
      xs.dispose();
      return values;
    });

  for (const [title, { told, live }] of Object.entries(PROMPTS)) {
    it(`by ${title}, goes on from its state and is made again from its config`, () =>
      expectNoLeak(async () => {
        const options: AugmentOptions = { model, ...way, ...told };
        const whole = passes(boomerangAugment(options), [0, 1]);
        expect(whole[0]).to.not.deep.equal(whole[1]);
        expect(whole).to.deep.equal(passes(boomerangAugment({ model, ...way, prompt: byLabel }), [0, 1]));

        const first = boomerangAugment(options);
        passes(first, [0]);
        await first.endEpoch();
        const next = boomerangAugment({ ...options, state: json(first.state()) });
        const { xs } = next(batch);
        expect(Array.from(xs.dataSync())).to.deep.equal(whole[1]);
        xs.dispose();

        const config = json(boomerangAugment(options).getConfig());
        expect(config.live).to.deep.equal(live);
        expect(config.options).to.include({ guidance: 3, negativePrompt: 'blurry' });
        const given = {
          model,
          ...Object.fromEntries(live.map((name) => [name, told[name as 'prompt']])),
        } as LiveOptions;
        expect(passes(augmentFrom(config, given), [0, 1])).to.deep.equal(whole);
        if (live.length > 0) expect(() => augmentFrom(config, { model })).to.throw(ArgumentError, /prompt was code/);
      }));
  }

  it('is another one with another prompt, negative prompt, guidance or names, which its state says', () => {
    const options: AugmentOptions = { model, ...way, prompt: 'a photo of a {class}', classes };
    const state = json(boomerangAugment(options).state());
    for (const [changes, message] of [
      [{ prompt: 'a {class}' }, /prompt was "a photo of a \{class\}" and is "a \{class\}"/],
      [{ negativePrompt: 'dark' }, /negativePrompt was "blurry" and is "dark"/],
      [{ guidance: 4 }, /guidance was 3 and is 4/],
      [{ classes: ['cat', 'dog'] }, /classes was \["cat","red car"\]/],
      [{ roundTrip: true }, /roundTrip was nothing and is true/],
    ] as const) {
      expect(() => boomerangAugment({ ...options, ...changes, state } as AugmentOptions))
        .to.throw(ArgumentError, message)
        .with.property('code', 'bad-state');
    }
  });

  it('takes the names of the classes from the boomerang.json of the model, unless it is given others', () =>
    expectNoLeak(() => {
      const named: Model = { ...model, text: { ...(model.text as NonNullable<Model['text']>), classes } };
      const told = { ...way, prompt: 'a photo of a {class}' };
      const wanted = passes(boomerangAugment({ model, ...told, classes }), [0]);
      expect(passes(boomerangAugment({ model: named, ...told }), [0])).to.deep.equal(wanted);
      const others = boomerangAugment({ model: named, ...told, classes: ['dog', 'ship'] });
      expect(passes(others, [0])).to.not.deep.equal(wanted);
    }));
});
