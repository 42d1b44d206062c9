import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { tfjsNetwork } from '../../src/engines/tfjs/network.ts';
import { activationBytes } from '../../src/networks/activationBytes.ts';
import { MOST_SCORES } from '../../src/networks/ops.ts';
import { parseAutoencoder } from '../../src/networks/parseAutoencoder.ts';
import { reachOf } from '../../src/networks/reach.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { formulaHalves } from './autoencoderKinds.ts';
import { plain } from './configs.ts';

const levels = (count: number) => ({
  down_block_types: new Array(count).fill('DownEncoderBlock2D'),
  up_block_types: new Array(count).fill('UpDecoderBlock2D'),
});
const stableDiffusion = parseAutoencoder({
  _class_name: 'AutoencoderKL',
  block_out_channels: [128, 256, 512, 512],
  layers_per_block: 2,
  ...levels(4),
});

describe('reachOf', () => {
  const small = parseAutoencoder({
    _class_name: 'AutoencoderTiny',
    encoder_block_out_channels: [8, 8],
    decoder_block_out_channels: [8, 8],
    num_encoder_blocks: [1, 1],
    num_decoder_blocks: [1, 1],
  });

  it('is counted through convolutions, strides and doublings', () => {
    const tiny = parseAutoencoder({ _class_name: 'AutoencoderTiny' });
    expect(reachOf(tiny.encoder)).to.equal(1 + 3 + 1 + 9 * 2 + 2 + 9 * 4 + 4 + 9 * 8 + 8);
    expect(reachOf(tiny.decoder)).to.equal(1 + 9 + 0.5 + (1 + 9) / 2 + 0.25 + (1 + 9) / 4 + 0.125 + (1 + 3 + 1) / 8);
  });

  it('has no end where a norm or attention sees everything', () => {
    expect(reachOf(stableDiffusion.encoder)).to.equal(Number.POSITIVE_INFINITY);
    expect(reachOf(stableDiffusion.decoder)).to.equal(Number.POSITIVE_INFINITY);
    expect(reachOf(unet2d(parseUNet2DConfig(plain)))).to.equal(Number.POSITIVE_INFINITY);
  });

  for (const half of ['encoder', 'decoder'] as const) {
    it(`holds what is changed by one pixel, and hardly more: ${half}`, () => {
      const network = tfjsNetwork(small[half], formulaHalves(small)[half]);
      const detail = half === 'encoder' ? 1 / 2 : 2; // pixels of the output along one of the input
      const [size, at] = [64, 32];
      tf.tidy(() => {
        const channels = half === 'encoder' ? 3 : 4;
        const x = tf.ones([1, size, size, channels]) as tf.Tensor4D;
        const spot = tf.pad(tf.ones([1, 1, 1, channels]), [
          [0, 0],
          [at, size - at - 1],
          [at, size - at - 1],
          [0, 0],
        ]);
        const [before, after] = [x, tf.add(x, spot)].map((input) => network.run({ x: input })['output'] as tf.Tensor);
        const changed = tf.max(tf.abs(tf.sub(after as tf.Tensor, before as tf.Tensor)), [0, 2, 3]).dataSync();
        const rows = [...changed.keys()].filter((row) => (changed[row] ?? 0) > 0);
        const [first = 0, last = 0] = [rows[0], rows.at(-1)];
        const furthest = Math.max(at + 1 - (first + 1) / detail, last / detail - at);
        expect(furthest).to.be.within(reachOf(small[half]) - 2, reachOf(small[half]));
      });
      network.dispose();
    });
  }
});

describe('activationBytes', () => {
  const { encoder, decoder } = stableDiffusion;
  const MEGABYTES = 1e6;

  // tensors that tfjs-node held at the height of a run; see also the test of bands
  it('is what tfjs was seen to hold for the autoencoder of Stable Diffusion, within a twentieth', () => {
    const latents = { height: 64, width: 64 };
    expect(activationBytes(decoder, latents) / MEGABYTES).to.be.closeTo(1208, 60);
    expect(activationBytes(decoder, latents, 'bands') / MEGABYTES).to.be.closeTo(606, 30);
  });

  it('grows with the area of the picture', () => {
    for (const way of ['whole', 'bands'] as const) {
      const small = activationBytes(encoder, { height: 256, width: 512 }, way);
      expect(activationBytes(encoder, { height: 512, width: 1024 }, way)).to.equal(4 * small);
    }
  });

  it('is what attention takes where that is most, whose scores take turns from some number on', () => {
    const narrow = parseAutoencoder({
      _class_name: 'AutoencoderKL',
      block_out_channels: [4, 4, 4, 4],
      norm_num_groups: 4,
      ...levels(4),
    });
    const besideRows = (side: number): number =>
      activationBytes(narrow.decoder, { height: side, width: side }) / 4 - 14 * side * side * 4;
    expect(besideRows(64)).to.be.closeTo(2 * 64 ** 4, 64 ** 3);
    expect(besideRows(256)).to.be.closeTo(2 * MOST_SCORES, 256 ** 3);
  });
});
