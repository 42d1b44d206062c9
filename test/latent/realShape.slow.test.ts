import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { writePipeline } from '../../benchmarks/randomPipeline.ts';
import { TINY_SD } from '../../benchmarks/stableDiffusion.ts';
import { availableMemory } from '../../src/node/availableMemory.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { startCli } from '../support/cli.ts';
import { describeWhere } from '../support/describeWhere.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';

const GIGABYTE = 1e9;

const room = (): true | string => {
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < 3 * GIGABYTE) return 'there are less than 3 GB left on the disk';
  return availableMemory() < 8 * GIGABYTE ? 'there are less than 8 GB of memory' : true;
};

describeWhere(room(), 'a pipeline of the real shape of a small Stable Diffusion', () => {
  const folder = scratchFolder();

  it('opens from half precision and brings an image of 256 x 256 back by a prompt, guided', async function () {
    this.timeout(600_000);
    await writePipeline(folder('model'), TINY_SD, 'F16');
    const model = await loadModel(folder('model'), { engine: 'onnx', imageSize: 256 });
    const image = tf.randomUniform<tf.Rank.R4>([1, 256, 256, 3], 0, 1, 'float32', 1);
    try {
      expect(model.latentShape).to.deep.equal([32, 32, 4]);
      expect(Math.round(model.parameterCount / 1e6)).to.be.within(500, 560);
      const told = { prompt: 'a photo of a cat', guidance: 3 };
      const variant = await boomerang(model, image, { strength: 0.2, steps: 2, seed: 'a', ...told });
      const values = await variant.data<'float32'>();
      variant.dispose();
      expect(values.every((value) => value >= 0 && value <= 1)).to.equal(true);
      expect(values).to.not.deep.equal(await image.data());
    } finally {
      image.dispose();
      model.dispose();
    }
  });

  it('says what it takes on standard error, so that what is asked for as JSON is JSON', async function () {
    this.timeout(600_000);
    await writePipeline(folder('model'), TINY_SD, 'F16');
    const picture = join(root, 'examples/images/5-sandal-0.png');
    const size = ['--image-size', '64', '--fit', 'resize', '--strength', '0.1', '--steps', '1', '--variants', '1'];
    const out = ['--out', folder('sheet.png'), '--dry-run', '--json'];
    const { said, status } = startCli([
      'sample',
      picture,
      '--model',
      folder('model'),
      '--engine',
      'onnx',
      ...size,
      ...out,
    ]);
    expect(await status, said().stderr).to.equal(0);
    expect(JSON.parse(said().stdout)).to.include.keys('evaluations', 'seconds', 'memoryBytes');
    expect(said().stderr).to.match(/model takes about 2\.\d GB of memory/);
  });
});
