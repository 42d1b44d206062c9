import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { bandsFor } from '../../src/models/autoencoderRunners.ts';
import { BANDS } from '../../src/networks/activationBytes.ts';
import { parseAutoencoder } from '../../src/networks/parseAutoencoder.ts';
import { expectNoLeak } from '../support/tensors.ts';

/** That of Stable Diffusion. */
const { decoder } = parseAutoencoder({
  _class_name: 'AutoencoderKL',
  block_out_channels: [128, 256, 512, 512],
  down_block_types: new Array(4).fill('DownEncoderBlock2D'),
  up_block_types: new Array(4).fill('UpDecoderBlock2D'),
  layers_per_block: 2,
});

describe('an autoencoder on tfjs', () => {
  it('takes small pictures whole, and large ones or many at once in bands', () =>
    expectNoLeak(() => {
      const bands = bandsFor(decoder);
      const of = (count: number, side: number): number => {
        const x = tf.zeros([count, side, side, 4]);
        const number = bands({ x });
        x.dispose();
        return number;
      };
      expect([of(1, 32), of(1, 64), of(4, 32), of(1, 32), of(1, 16), of(4, 16)]).to.deep.equal([
        1,
        BANDS,
        BANDS,
        ...[1, 1, 1],
      ]);
    }));
});
