import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { openDiffusers } from '../../src/checkpoints/diffusers.ts';
import { tfjsNetwork } from '../../src/engines/tfjs/network.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { openFolder } from '../../src/node/folder.ts';
import { readIdxDataset } from '../../src/node/idx.ts';
import { fillGaussian } from '../../src/random.ts';
import { describeShared, root, shared } from '../support/shared.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';

const open = async (path: string) => openDiffusers(await openFolder(path));
const bundled = join(root, 'models/fashion-28');

describe('models/fashion-28', () => {
  it('is what its card says', async () => {
    const { weights, scheduler, isSchedulerAssumed, sidecar, config } = await open(bundled);
    expect(weights.size).to.equal(183);
    expect([...weights.values()].reduce((sum, { data }) => sum + data.length, 0)).to.equal(1_114_209);
    for (const [name, { data }] of weights) expect(data.every(Number.isFinite), name).to.equal(true);
    expect(sidecar.nullLabel).to.equal(10);
    expect(sidecar.classes).to.have.lengthOf(10);
    expect(config).to.include({ num_class_embeds: 11, sample_size: 28, in_channels: 1 });
    expect(isSchedulerAssumed).to.equal(false);
    expect(scheduler).to.include({ prediction: 'epsilon', clip: 1, spacing: 'leading', variance: 'small' });
  });
});

describeShared('models/fashion-28 against the weights as trained', 'models/fashion-28', () => {
  it('differs by less than 2e-3 in the output, from clean images to noise', () =>
    expectNoLeak(async () => {
      const [half, exact] = [await open(bundled), await open(shared('models/fashion-28'))];
      const config = parseUNet2DConfig(exact.config);
      const { images } = await readIdxDataset(shared('data/fashion-mnist'), 'test');
      const networks = [exact, half].map(({ weights }) => tfjsNetwork(config, weights));
      for (const timestep of [0, 111, 999]) {
        const alphaBar = exact.scheduler.schedule.alphaBar[timestep] ?? Number.NaN;
        const x = new Float32Array(4 * 28 * 28);
        fillGaussian(['half', timestep], x);
        const image = (i: number) => (images[i] ?? 0) / 127.5 - 1;
        x.forEach((noise, i) => {
          x[i] = Math.sqrt(alphaBar) * image(i) + Math.sqrt(1 - alphaBar) * noise;
        });
        const [a = [], b = []] = networks.map(({ run }) =>
          tf.tidy(() =>
            run(
              tf.tensor4d(x, [4, 28, 28, 1]),
              tf.fill([4], timestep),
              tf.tensor1d([9, 10, 1, 10], 'int32'),
            ).dataSync(),
          ),
        );
        expect(a.length).to.equal(4 * 28 * 28);
        expect(largestDifference(a, b), `timestep ${timestep}`).to.be.within(1e-8, 2e-3);
      }
      for (const network of networks) network.dispose();
    }));
});
