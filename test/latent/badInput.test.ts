import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import type { Condition, Model } from '../../src/models/model.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { planReturn } from '../../src/returns/plan.ts';
import { augmentDataset } from '../../src/transforms/augmentDataset.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { gaussianModel } from '../support/gaussianModel.ts';
import { saidWhile } from '../support/said.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { counted, type Labelled, labelled, openTiny } from './tiny.ts';

type Options = Readonly<Record<string, unknown>>;
type On = 'ldm' | 'stable' | 'pixels' | 'classes';

const classes = ['cat', 'dog'];
/** Options that no return with a model takes, whoever is told: which model, what is wrong, and what is said of it. */
const REFUSALS: readonly (readonly [on: On, options: Options, code: string, message: RegExp])[] = [
  ['ldm', { prompt: 'a cat' }, 'bad-prompt', /takes no text, so prompt means nothing to it; leave it out/],
  ['pixels', { prompt: '' }, 'bad-prompt', /takes no text/],
  ['classes', { prompt: 'a cat' }, 'bad-prompt', /return to a class with labels instead/],
  ['ldm', { negativePrompt: 'dark' }, 'bad-negative-prompt', /takes no text, so negativePrompt means nothing/],
  ['stable', { negativePrompt: 'dark' }, 'bad-negative-prompt', /would not be used: guidance is 1.*7\.5/],
  ['stable', { negativePrompt: 'dark', guidance: 1 }, 'bad-negative-prompt', /would not be used/],
  ['stable', { negativePrompt: 7, guidance: 3 }, 'bad-negative-prompt', /must be a text, got 7/],
  ...[0.5, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, '7', null].map(
    (guidance) => ['stable', { guidance }, 'bad-guidance', /guidance must be a finite number of at least 1/] as const,
  ),
  ['ldm', { guidance: 3 }, 'bad-guidance', /text, or with classes and a null label.*neither, got 3; leave it out/],
  ['pixels', { guidance: 3 }, 'bad-guidance', /neither/],
  ['stable', { roundTrip: 'yes' }, 'bad-round-trip', /must be true or false, got "yes"/],
  ['stable', { prompt: 7 }, 'bad-prompt', /prompt must be a text/],
  ['stable', { prompt: 'a {class}', classes }, 'bad-prompt', /needs the label of each image.*give labels/],
  ['stable', { prompt: 'a {clas}', classes }, 'bad-prompt', /unknown placeholder \{clas\}; did you mean "class"/],
  ['stable', { prompt: 'a cat', classes: [1] }, 'bad-classes', /a list of names/],
  ['stable', { promt: 'a cat' }, 'unknown-option', /did you mean "prompt"/],
  ['stable', { clipSkip: 1 }, 'unknown-option', /no option "clipSkip"/],
];

describe('what a latent model cannot be told', () => {
  const models: Partial<Record<On, Model>> = {};
  let batch: Labelled;
  before(async () => {
    models.ldm = await openTiny('ldm');
    models.stable = await openTiny('stable');
    models.pixels = gaussianModel([16, 16, 3]);
    models.classes = { ...gaussianModel([16, 16, 3]), labels: { count: 3 } };
    batch = labelled(2, models.ldm);
  });
  after(() => {
    tf.dispose([batch.xs, batch.ys]);
    models.ldm?.dispose();
    models.stable?.dispose();
  });
  const expectRefused = async (call: () => unknown, code: string, message: RegExp): Promise<void> => {
    const error = await rejection((async () => call())());
    expect(error, error.message).to.be.instanceOf(ArgumentError).with.property('code', code);
    expect(error.message).to.match(message).and.not.include('\n');
  };

  for (const [on, options, code, message] of REFUSALS) {
    const shown = Object.entries(options).map(([name, value]) => `${name} ${JSON.stringify(value) ?? value}`);
    it(`${shown.join(', ')} (${on}): ${code}, at the door`, () =>
      expectNoLeak(async () => {
        const model = counted(models[on] as Model);
        const all = { seed: 1, strength: 0.5, steps: 2, ...options };
        await expectRefused(() => boomerang(model, batch.xs, all as never), code, message);
        await expectRefused(() => boomerangAugment({ model, ...all } as never), code, message);
        await expectRefused(() => augmentDataset({} as never, { model, ...all } as never), code, message);
        expect(model.calls).to.deep.equal({ networks: [], encoded: [], decoded: [] });
        const [name] = Object.keys(options);
        if (name !== 'guidance' && name !== 'roundTrip') return;
        await expectRefused(() => planReturn(model, { strength: 0.5, ...options } as never), code, message);
      }));
  }

  it('of a list of prompts, of classes without names, or of names that are too few, image by image', () =>
    expectNoLeak(async () => {
      const model = models.stable as Model;
      const way = { seed: 1, strength: 0.5, steps: 2 };
      for (const [options, code, message] of [
        [{ prompt: ['a cat'] }, 'bad-prompt', /one for each of 2 images, got 1/],
        [{ prompt: ['a cat', 7] }, 'bad-prompt', /a list of texts, one for each image/],
        [{ prompt: ['a cat', 'a {class}'], classes }, 'bad-prompt', /needs the label of each image/],
        [{ prompt: 'a {class}', labels: [0, 1] }, 'bad-prompt', /names of the classes.*boomerang\.json/],
        [{ prompt: 'a {class}', labels: [0, 2], classes }, 'bad-label', /label 2 has no name.*2 classes/],
      ] as const) {
        await expectRefused(() => boomerang(model, batch.xs, { ...way, ...options } as never), code, message);
      }
      for (const [options, code, message] of [
        [{ prompt: 'a {class}', classes: ['cat'], labels: 'ys' }, 'bad-label', /label 1 has no name/],
        [{ prompt: () => 7 }, 'bad-prompt', /must return a text, got 7/],
        [{ prompt: ['a cat', 'a dog'] }, 'bad-prompt', /a text, as in .* or a function/],
        [{ prompt: 'a {class}', labels: 'ys' }, 'bad-prompt', /names of the classes/],
      ] as const) {
        const one = () =>
          boomerangAugment({ model, ...way, ...options } as never)({ xs: tf.clone(batch.xs), ys: tf.clone(batch.ys) });
        await expectRefused(one, code, message);
      }
    }));

  it('of maps and embeddings of another shape', () =>
    expectNoLeak(async () => {
      const { ldm, stable } = models as { ldm: Model; stable: Model };
      const { tokens, width } = stable.text as NonNullable<Model['text']>;
      const [x, tiny] = [tf.zeros<tf.Rank.R4>([2, 4, 4, 4]), tf.zeros<tf.Rank.R4>([2, 2, 2, 3])];
      const rows = (...shape: [number, number, number]): tf.Tensor3D => tf.zeros(shape);
      const asked = (condition: () => unknown) => () => stable.predict(x, 5, condition() as Condition);
      for (const [call, code, message] of [
        [() => ldm.encode(tiny), 'bad-image-shape', /images must be .*\[N, 16, 16, 3\].*got \[2,2,2,3\]/],
        [() => ldm.decode(tiny), 'bad-image-shape', /latents must be .*\[N, 4, 4, 4\].*got \[2,2,2,3\]/],
        [() => ldm.encode(undefined as never), 'bad-images', /got undefined/],
        [() => ldm.predict(batch.xs, 5), 'bad-image-shape', /x must be .*\[N, 4, 4, 4\]/],
        [asked(() => undefined), 'bad-embeddings', /needs \{ embeddings \}.*model\.text\.embed/],
        [
          asked(() => ({ embeddings: rows(1, tokens, width) })),
          'bad-embeddings',
          /\[2, \d+, \d+\] of prompts, got \[1,/,
        ],
        [asked(() => ({ embeddings: rows(2, tokens + 1, width) })), 'bad-embeddings', /got \[2,/],
        [asked(() => ({ embeddings: rows(2, tokens, width + 1) })), 'bad-embeddings', /got \[2,/],
        [asked(() => ({ embeddings: tf.zeros([2, tokens, width], 'int32') })), 'bad-embeddings', /got one of int32/],
        [asked(() => ({ embeddings: [1] })), 'bad-embeddings', /needs \{ embeddings \}/],
        [asked(() => ({ embeddings: rows(2, tokens, width), guidance: 3 })), 'bad-guidance', /does not take guidance/],
        [asked(() => [1, 2]), 'bad-label', /not conditional/],
        [() => ldm.predict(x, 5, { embeddings: rows(2, tokens, width) }), 'bad-embeddings', /takes no text/],
      ] as const) {
        await expectRefused(() => tf.tidy(call as () => tf.Tensor), code, message);
      }
      tf.dispose([x, tiny]);
    }));

  it('of a text that is too long: it is cut, which is said once for each', () =>
    expectNoLeak(async () => {
      const model = models.stable as Model;
      const long = Array.from({ length: 40 }, (_, n) => `word${n}`).join(' ');
      const said = await saidWhile(async () => {
        for (const prompt of [long, long, `${long} more`]) {
          (await boomerang(model, batch.xs, { seed: 1, strength: 0.3, steps: 1, prompt })).dispose();
        }
      });
      expect(said).to.have.length(2);
      expect(said[0]).to.match(/the prompt "word0 .*…" has \d+ tokens, and the text encoder takes \d+.*cut off/);
    }));
});
