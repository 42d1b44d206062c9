import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { tfjsNetwork } from '../../src/engines/tfjs/network.ts';
import { activationBytes, BANDS } from '../../src/networks/activationBytes.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { parseAutoencoder } from '../../src/networks/parseAutoencoder.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { formulaHalves, KINDS } from '../networks/autoencoderKinds.ts';
import { plain } from '../networks/configs.ts';
import { formula, formulaWeights } from '../networks/formula.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { noisy } from './asking.ts';

const map = (...shape: [number, number, number, number]): tf.Tensor4D => tf.tensor4d(formula('x', shape), shape);

/** A half of an autoencoder, run in as many bands as the variable says. */
const halfOf = (config: Readonly<Record<string, unknown>>, half: 'encoder' | 'decoder') => {
  const autoencoder = parseAutoencoder(config);
  const asked = { bands: 1 };
  const bandsFor = () => asked.bands;
  const architecture = autoencoder[half];
  return { architecture, asked, network: tfjsNetwork(architecture, formulaHalves(autoencoder)[half], { bandsFor }) };
};

describe('a network in bands', () => {
  it('is tried on some autoencoders', () => expect(KINDS).to.not.be.empty);

  for (const [title, config] of Object.entries(KINDS)) {
    for (const half of ['encoder', 'decoder'] as const) {
      it(`gives what it gives for the whole, to rounding: ${half} of ${title}`, () =>
        expectNoLeak(() => {
          const { architecture, asked, network } = halfOf(config, half);
          const { x: input } = architecture.inputs;
          tf.tidy(() => {
            const x = map(2, 24, 16, input?.kind === 'map' ? input.channels : 0);
            asked.bands = 1;
            const whole = network.run({ x });
            for (const bands of [2, 3, 16, 1000]) {
              asked.bands = bands;
              const outputs = network.run({ x });
              expect(Object.keys(outputs)).to.have.members(Object.keys(whole));
              for (const [name, y] of Object.entries(outputs))
                expect(y).to.be.tensorCloseTo(whole[name] as tf.Tensor, 2e-5);
            }
          });
          network.dispose();
        }));
    }
  }

  it('takes about as much memory as was said before, whole and in bands', async () => {
    const config = {
      _class_name: 'AutoencoderKL',
      block_out_channels: [32, 64, 64],
      down_block_types: new Array(3).fill('DownEncoderBlock2D'),
      up_block_types: new Array(3).fill('UpDecoderBlock2D'),
      norm_num_groups: 8,
      mid_block_add_attention: false, // on so small a map it takes more than all else
    };
    for (const [half, size, channels] of [
      ['encoder', 64, 3],
      ['decoder', 16, 4],
    ] as const) {
      const { architecture, asked, network } = halfOf(config, half);
      const x = map(1, size, size, channels);
      const peaks: number[] = [];
      for (const [bands, way] of [
        [1, 'whole'],
        [BANDS, 'bands'],
      ] as const) {
        asked.bands = bands;
        const before = tf.memory().numBytes;
        const { peakBytes, result } = await tf.profile(() => network.run({ x })['output'] as tf.Tensor);
        tf.dispose(result);
        peaks.push(peakBytes - before);
        const said = activationBytes(architecture, { height: size, width: size }, way);
        expect((peakBytes - before) / said, `${half}, ${way}`).to.be.within(0.9, 1.1);
      }
      expect((peaks[1] ?? 0) / (peaks[0] ?? 0)).to.be.below(0.8);
      x.dispose();
      network.dispose();
    }
  });

  it('is an autoencoder: one that needs more than it has says so', () => {
    const architecture = unet2d(parseUNet2DConfig(plain));
    const weights = formulaWeights(parameterShapes(architecture));
    const network = tfjsNetwork(architecture, weights, { bandsFor: () => 2 });
    tf.tidy(() => {
      const inputs = noisy<tf.Tensor>(map(1, 8, 8, 3), tf.tensor1d([5]));
      expect(() => network.run(inputs)).to.throw(/cannot run in bands/);
    });
    network.dispose();
  });
});
