import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { outlineDiffusers } from '../../src/checkpoints/diffusers.ts';
import { EnvironmentError } from '../../src/errors.ts';
import { batchWithin, memoryNeeds, wholeNeeds } from '../../src/models/memoryNeeds.ts';
import type { Model } from '../../src/models/model.ts';
import { networksOf } from '../../src/models/networks.ts';
import { openFolder } from '../../src/node/folder.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { openOnnxDiffusers } from '../../src/node/onnx/openOnnxDiffusers.ts';
import { gaussianImages } from '../support/gaussianModel.ts';
import { ldmFiles, writeFiles } from '../support/latentPipeline.ts';
import { saidWhile, toldWhile } from '../support/said.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';

/** What a machine of so many bytes would do. */
const withMemory = async <T>(bytes: number, run: () => Promise<T>): Promise<T> => {
  const { constrainedMemory } = process;
  process.constrainedMemory = () => bytes;
  try {
    return await run();
  } finally {
    process.constrainedMemory = constrainedMemory;
  }
};

/** No machine has enough for pictures of this size. */
const HUGE = 2 ** 18;

describe('the memory that a latent model takes', () => {
  const path = scratchFolder();
  const folder = (): string => writeFiles(path('model'), ldmFiles());

  for (const engine of ['auto', 'onnx', 'tfjs'] as const) {
    it(`is refused in one line where it cannot be had, with what to do instead: ${engine}`, () =>
      expectNoLeak(async () => {
        const place = folder();
        const said = await saidWhile(async () => {
          const error = await rejection(loadModel(place, { engine, imageSize: HUGE }));
          expect(error, error.message).to.be.instanceOf(EnvironmentError).with.property('code', 'too-little-memory');
          expect(error.message).to.match(
            /takes about [\d.]+ GB of memory, 0\.0 GB of it for weights, and there are [\d.]+ GB/,
          );
          expect(error.message)
            .to.match(/imageSize: 256/)
            .and.not.include('\n');
          expect(error.message.includes('with the ONNX engine')).to.equal(engine === 'tfjs');
        });
        expect(said.join('\n')).to.not.match(/memory|tfjs, /);
      }));

    it(`is said beforehand where it is much, and not where it is little: ${engine}`, () =>
      expectNoLeak(async () => {
        const place = folder();
        const told = (imageSize: number): Promise<string[]> =>
          toldWhile(async () => (await loadModel(place, { engine, imageSize })).dispose());
        const said = (await told(4096)).filter((line) => line.includes('memory'));
        expect(said).to.have.length(1);
        expect(said[0]).to.match(/takes about [\d.]+ GB of memory, 0\.0 GB of it for weights/);
        expect((await told(16)).filter((line) => line.includes('memory'))).to.deep.equal([]);
      }));
  }

  it('counts the weights of a folder twice on tfjs, where they are uploaded from memory', async () => {
    const place = folder();
    const { needs } = await needsOf(place);
    const { weights, image } = wholeNeeds(needs, 'bands');
    const error = await withMemory(2 * weights + image - 1, () => rejection(loadModel(place, { engine: 'tfjs' })));
    expect(error).to.have.property('code', 'too-little-memory');
    (await withMemory(2 * weights + image, () => loadModel(place, { engine: 'tfjs' }))).dispose();
  });

  it('is 4 GiB at most on wasm, whatever the machine has', async () => {
    const place = folder();
    await tf.setBackend('wasm');
    const open = () => withMemory(1e15, () => loadModel(place, { engine: 'tfjs', imageSize: HUGE }));
    expect(await rejection(open()))
      .to.have.property('message')
      .that.matches(/there are 4\.3 GB/);
  });

  it('bounds how many images a network sees at once', () => {
    expect([1, 2 ** 27, 2 ** 30, 2 ** 31, 2 ** 40].map((image) => batchWithin({ weights: 0, image }))).to.deep.equal([
      16, 16, 2, 1, 1,
    ]);
  });

  it('sends the autoencoder to tfjs, aloud, where ONNX Runtime would hold too large pictures whole', () =>
    expectNoLeak(async () => {
      const place = await openFolder(folder());
      const open = (bytes: number): Promise<Model> =>
        withMemory(bytes, () => openOnnxDiffusers(place, { imageSize: 64 }, path('cache')));
      const { needs } = await needsOf(place.name, 64);
      const most = Math.max(needs.encoder?.image ?? 0, needs.decoder?.image ?? 0);
      const whole = await open(1e12);
      let banded: Model | undefined;
      const told = await toldWhile(async () => {
        banded = await open(most / 0.41);
      });
      expect(told.join('\n')).to.match(/the autoencoder of .* runs on tfjs \(\w.*\), in bands/);
      const images = gaussianImages(2, whole);
      const [latents, same] = [await whole.encodeAsync(images), await (banded as Model).encodeAsync(images)];
      expect(same).to.be.tensorCloseTo(latents, 1e-4);
      const [back, again] = [await whole.decodeAsync(latents), await (banded as Model).decodeAsync(latents)];
      expect(again).to.be.tensorCloseTo(back, 1e-4);
      expect((await toldWhile(async () => (await open(most / 0.39)).dispose())).join('\n')).to.not.match(/in bands/);
      tf.dispose([images, latents, same, back, again]);
      whole.dispose();
      banded?.dispose();
    }));
});

const needsOf = async (place: string, size = 16) => {
  const outline = await outlineDiffusers(await openFolder(place));
  const networks = networksOf(outline, place);
  return { needs: memoryNeeds(networks, { imageShape: [size, size, 3], latentShape: [size / 4, size / 4, 4] }) };
};
