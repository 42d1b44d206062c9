import { expect } from 'chai';
import { activationBytes } from '../../src/networks/activationBytes.ts';
import { MOST_SCORES } from '../../src/networks/ops.ts';
import { parseAutoencoder } from '../../src/networks/parseAutoencoder.ts';

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
