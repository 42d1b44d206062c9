import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { replay } from '../../../../src/apps/anonymise/attacks/replayed.ts';
import type { Method } from '../../../../src/apps/anonymise/method.ts';
import type { Model } from '../../../../src/models/model.ts';
import { loadModel } from '../../../../src/node/loadModel.ts';
import { uniformStream } from '../../../../src/random.ts';
import { boomerang } from '../../../../src/returns/boomerang.ts';
import { root } from '../../../support/shared.ts';
import { expectNoLeak } from '../../../support/tensors.ts';

const COUNT = 10;

/** Soft spots of light, each image its own. */
const spots = (): tf.Tensor4D =>
  tf.tidy(() => {
    const next = uniformStream(['spots']);
    const coarse = tf.tensor4d(Float32Array.from({ length: COUNT * 49 }, next), [COUNT, 7, 7, 1]);
    return tf.image.resizeBilinear(coarse, [28, 28]) as tf.Tensor4D;
  });

describe('replaying what a diffusion model made', () => {
  let model: Model;
  before(async () => {
    model = await loadModel(join(root, 'models/fashion-28'));
  });
  after(() => model.dispose());

  it('finds all originals with the seed, even thrown far, and not without', () =>
    expectNoLeak(async () => {
      const method: Method = (images, { places, draw }) =>
        boomerang(model, images, { strength: 0.8, steps: 2, seed: `draw ${draw}`, keys: places.map(String) });
      const places = Array.from({ length: COUNT }, (_, n) => n);
      const originals = spots();
      const copies = await method(originals, { places, draw: 0 });
      const { withSeed, without } = await replay(originals, copies, {
        method,
        places,
        people: places,
        replays: { copies: 6, candidates: 8 },
      });
      tf.dispose([originals, copies]);
      expect(withSeed).to.include({ share: 1, of: 6, chance: 1 / 8 });
      expect(without.share).to.be.below(1);
    }));
});
