import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import type { Model } from '../../src/models/model.ts';
import { openFolder } from '../../src/node/folder.ts';
import { type LoadOptions, loadModel } from '../../src/node/loadModel.ts';
import { exportOnnx } from '../../src/node/onnx/exportOnnx.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { stableFiles, writeFiles } from '../support/latentPipeline.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';
import { largestDifference } from '../support/tensors.ts';

const FASHION = join(root, 'models/fashion-28');
const way = { strength: 0.4, steps: 3, seed: 'gpu' } as const;

const opened: Model[] = [];
const open = async (place: string, options: LoadOptions): Promise<Model> => {
  const model = await loadModel(place, { engine: 'onnx', ...options });
  opened.push(model);
  return model;
};

const imagesFor = ({ imageShape }: Model): tf.Tensor4D => tf.randomUniform([3, ...imageShape], 0, 1, 'float32', 5);

const returned = async (model: Model, told: object = {}): Promise<Float32Array> => {
  const images = imagesFor(model);
  const variants = await boomerang(model, images, { ...way, ...told });
  const pixels = await variants.data<'float32'>();
  tf.dispose([images, variants]);
  return pixels;
};

describe('on WebGPU', () => {
  const path = scratchFolder();
  afterEach(() => {
    for (const model of opened.splice(0)) model.dispose();
  });

  it('a return is within 5e-3 of that of the processor, for two models that share the device', async () => {
    const [first, second] = [await open(FASHION, { device: 'webgpu' }), await open(FASHION, { device: 'webgpu' })];
    const [a, b] = await Promise.all([returned(first), returned(second)]);
    first.dispose();
    const again = await returned(second); // it goes on when the other is gone
    const wanted = await returned(await open(FASHION, { device: 'cpu' }));
    expect([first.device, second.device]).to.deep.equal(['webgpu', 'webgpu']);
    for (const pixels of [a, b, again]) expect(largestDifference(pixels, wanted)).to.be.below(5e-3);
  });

  it('a pipeline of several networks, led to a prompt, is within 5e-3', async () => {
    writeFiles(path('stable'), await stableFiles());
    const told = { prompt: 'a photo of a cat', guidance: 3 };
    const pixels = await returned(await open(path('stable'), { device: 'webgpu', imageSize: 16 }), told);
    const wanted = await returned(await open(path('stable'), { device: 'cpu', imageSize: 16 }), told);
    expect(largestDifference(pixels, wanted)).to.be.below(5e-3);
  });

  it('a return in half precision is another by less than 2 % of the distance thrown, and is not taken for it', async () => {
    const [half, exact] = [
      await open(FASHION, { device: 'webgpu', precision: 'float16' }),
      await open(FASHION, { device: 'cpu' }),
    ];
    expect(half).to.include({ precision: 'float16', digest: `${exact.digest}-float16` });
    const images = imagesFor(exact);
    const [pixels, wanted, thrown] = [await returned(half), await returned(exact), await images.data<'float32'>()];
    images.dispose();
    const apart = (a: Float32Array, b: Float32Array): number =>
      Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] ?? Number.NaN)) ** 2, 0));
    expect(apart(pixels, wanted) / apart(wanted, thrown)).to.be.within(1e-6, 0.02);
  });

  it('a file of ONNX is within 5e-3', async () => {
    await exportOnnx(await openFolder(FASHION), path('fashion.onnx'));
    const pixels = await returned(await open(path('fashion.onnx'), { device: 'webgpu' }));
    const wanted = await returned(await open(FASHION, { device: 'cpu' }));
    expect(largestDifference(pixels, wanted)).to.be.below(5e-3);
  });

  it('a mapped data set waits for it without the event loop, and is the same as an awaited one', async () => {
    const model = await open(FASHION, { device: 'webgpu' });
    const augment = boomerangAugment({ model, ...way });
    const images = imagesFor(model);
    const mapped = tf.tidy(() => augment({ xs: images, ys: 1 }).xs.dataSync<'float32'>());
    const awaited = await augment.async({ xs: images, ys: 1 });
    expect(largestDifference(mapped, await awaited.xs.data())).to.be.below(1e-5);
    tf.dispose([images, awaited.xs]);
  });
});
