import * as tf from '@tensorflow/tfjs-core';
import { generator } from '@tensorflow/tfjs-data';
import { expect } from 'chai';
import { type AnonymiserOptions, anonymiser } from '../../../src/apps/anonymise/anonymiser.ts';
import { gaussianImages, gaussianModel } from '../../support/gaussianModel.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const model = gaussianModel([4, 4, 1]);
const SECRET = 'ab'.repeat(32);

const elements = () =>
  generator(function* () {
    const images = gaussianImages(4, model);
    for (const xs of tf.unstack(images)) yield { xs, ys: tf.scalar(1) };
    images.dispose();
  } as never);

/** The pixels that a data set gives, in their order. */
const valuesOf = async (transform: ReturnType<typeof anonymiser>): Promise<number[]> => {
  const values: number[] = [];
  await elements()
    .mapAsync((element) => transform.async(element as never))
    .forEachAsync((element) => {
      const { xs, ys } = element as unknown as { xs: tf.Tensor; ys: tf.Tensor };
      values.push(...xs.dataSync());
      tf.dispose([xs, ys]);
    });
  return values;
};

describe('anonymiser', () => {
  it('gives an image the same copy in every epoch, and tells nobody by what', () =>
    expectNoLeak(async () => {
      const transform = anonymiser({ model, strength: 0.6 });
      const first = await valuesOf(transform);
      transform.setEpoch(3);
      expect(await valuesOf(transform)).to.deep.equal(first);
      expect(await valuesOf(anonymiser({ model, strength: 0.6 }))).to.not.deep.equal(first);
      const told = anonymiser({ model, strength: 0.6, secret: SECRET });
      expect(JSON.stringify([told.state(), told.stats()])).to.not.include(SECRET);
    }));

  it('makes the same copies with the same secret, mapped at once or awaited', () =>
    expectNoLeak(async () => {
      const options = { model, strength: 0.5, secret: SECRET };
      const values: number[] = [];
      const mapped = elements().map((element) => anonymiser(options)(element as never));
      await mapped.forEachAsync((element) => {
        const { xs, ys } = element as unknown as { xs: tf.Tensor; ys: tf.Tensor };
        values.push(...xs.dataSync());
        tf.dispose([xs, ys]);
      });
      expect(values).to.deep.equal(await valuesOf(anonymiser(options)));
    }));

  const REFUSED: Readonly<Record<string, readonly [object, string]>> = {
    'a secret that can be guessed': [{ secret: 'me' }, 'bad-secret'],
    'no distance at all': [{ strength: 0 }, 'bad-strength'],
    'a schedule, by which several copies would be made': [{ strength: () => 0.5 }, 'bad-strength'],
    'a filter, which lets originals through': [{ keep: {} }, 'unknown-option'],
    'a chance of changing nothing': [{ probability: 0.5 }, 'unknown-option'],
    'pairs with originals': [{ mode: 'pair' }, 'unknown-option'],
    'records, which tell the secret': [{ onVariant: () => undefined }, 'unknown-option'],
  };
  for (const [title, [options, code]] of Object.entries(REFUSED)) {
    it(`refuses ${title}`, () => {
      const make = () => anonymiser({ model, strength: 0.5, ...options } as AnonymiserOptions);
      expect(make).to.throw().with.property('code', code);
    });
  }
});
