import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { openDiffusers } from '../../src/checkpoints/diffusers.ts';
import { tfjsNetwork } from '../../src/engines/tfjs/network.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { openFolder } from '../../src/node/folder.ts';
import { readIdxDataset } from '../../src/node/idx.ts';
import { fillGaussian } from '../../src/random.ts';
import { ask } from '../engines/asking.ts';
import { describeShared, root, shared } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';

const open = async (path: string) => openDiffusers(await openFolder(path));
const bundled = join(root, 'models/fashion-28');
const NEEDED = ['models/fashion-28', 'data/fashion-mnist'];

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

const IMAGES = 200;

describeShared('models/fashion-28 against the weights that it was trained on from', NEEDED, () => {
  it('tells noise better in images that neither has seen', () =>
    expectNoLeak(async () => {
      const [shipped, first] = [await open(bundled), await open(shared('models/fashion-28'))];
      const config = parseUNet2DConfig(first.config);
      const { images, labels } = await readIdxDataset(shared('data/fashion-mnist'), 'test');
      const { alphaBar } = first.scheduler.schedule;
      const timesteps = Array.from({ length: IMAGES }, (_, n) =>
        Math.floor(((n * 77 + 0.5) % IMAGES) * (1000 / IMAGES)),
      );
      const noise = new Float32Array(IMAGES * 28 * 28);
      fillGaussian(['held out'], noise);
      const x = noise.map((one, i) => {
        const share = alphaBar[timesteps[Math.floor(i / 784)] as number] as number;
        return Math.sqrt(share) * ((images[i] as number) / 127.5 - 1) + Math.sqrt(1 - share) * one;
      });
      const [better = 1, worse = 0] = [shipped, first].map(({ weights }) => {
        const network = tfjsNetwork(unet2d(config), weights);
        const error = tf.tidy(() => {
          const classes = tf.tensor1d([...labels.subarray(0, IMAGES)], 'int32');
          const output = ask(network, tf.tensor4d(x, [IMAGES, 28, 28, 1]), tf.tensor1d(timesteps), classes);
          return tf.mean(tf.squaredDifference(output, tf.tensor4d(noise, [IMAGES, 28, 28, 1]))).dataSync()[0];
        });
        network.dispose();
        return error;
      });
      expect(better).to.be.within(0.02, 0.05).and.below(worse);
    }));
});
