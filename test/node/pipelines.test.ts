import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { CheckpointError } from '../../src/errors.ts';
import { fetchModel } from '../../src/node/hub/fetchModel.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { hubSuite, MAIN, pipeline, WEIGHTS } from '../support/hubModel.ts';
import { ldmFiles, stableFiles, writeFiles } from '../support/latentPipeline.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { describeShared, shared } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { writeCheckpoint } from './onnxCheckpoint.ts';

const SUPER_RESOLUTION = {
  _class_name: 'LDMSuperResolutionPipeline',
  scheduler: ['diffusers', 'DDIMScheduler'],
  unet: ['diffusers', 'UNet2DModel'],
  vqvae: ['diffusers', 'VQModel'],
};

const expectRefused = async (loading: Promise<unknown>, message: RegExp): Promise<void> => {
  const error = await rejection(loading);
  expect(error, error.message).to.be.instanceOf(CheckpointError).with.property('code', 'unsupported-pipeline');
  expect(error.message).to.match(message);
};

describe('a pipeline that walks in latents', () => {
  const path = scratchFolder();
  const { hub, asked } = hubSuite();

  for (const engine of ['onnx', 'tfjs'] as const) {
    it(`is opened whole and not by its network alone, nor without its index, on ${engine}`, () =>
      expectNoLeak(async () => {
        for (const [files, autoencoder] of [
          [ldmFiles(), /vqvae \(AutoencoderTiny\)/],
          [await stableFiles(), /vae \(AutoencoderKL\)/],
        ] as const) {
          const folder = writeFiles(path(autoencoder.source), files);
          const model = await loadModel(folder, { engine });
          expect(model).to.deep.include({ imageShape: [16, 16, 3], latentShape: [4, 4, 4], isLatent: true, engine });
          model.dispose();
          await expectRefused(loadModel(`${folder}/unet`, { engine }), /which needs its autoencoder.*folder around it/);
          rmSync(`${folder}/model_index.json`);
          await expectRefused(loadModel(folder, { engine }), autoencoder);
          await expectRefused(loadModel(`${folder}/unet`, { engine }), autoencoder);
        }
      }));

    it(`is refused where it is of a class that is not known, on ${engine}`, async () => {
      writeCheckpoint(path('model'));
      mkdirSync(path('model/vqvae'));
      writeFileSync(path('model/vqvae/config.json'), JSON.stringify({ _class_name: 'VQModel' }));
      await expectRefused(loadModel(path('model'), { engine }), /vqvae \(VQModel\)/);
      writeFileSync(path('model/model_index.json'), JSON.stringify(SUPER_RESOLUTION));
      await expectRefused(loadModel(path('model'), { engine }), /LDMSuperResolutionPipeline.*vqvae \(VQModel\)/);
      await expectRefused(loadModel(path('model/unet'), { engine }), /LDMSuperResolutionPipeline.*vqvae \(VQModel\)/);
    });
  }

  it('is fetched from the hub with all of its parts, and nothing else', async () => {
    const files = await stableFiles();
    hub().commits.set(MAIN, new Map([...files, ['README.md', new Uint8Array(9)], ['vae/x.bin', new Uint8Array(9)]]));
    const folder = await fetchModel('owner/name');
    expect(new Set(asked())).to.deep.equal(new Set(files.keys()));
    const [fetched, own] = [await loadModel(folder), await loadModel(writeFiles(path('own'), files))];
    expect(fetched.digest).to.equal(own.digest);
    fetched.dispose();
    own.dispose();
  });

  it('of another class is refused from the hub before anything of it but its index is fetched', async () => {
    const index = new TextEncoder().encode(JSON.stringify(SUPER_RESOLUTION));
    hub().commits.set(MAIN, new Map([...pipeline(), ['model_index.json', index]]));
    await expectRefused(fetchModel('owner/name'), /LDMSuperResolutionPipeline.*vqvae/);
    expect(asked()).to.deep.equal(['model_index.json']);
  });

  it('is known by its autoencoder on a hub that lists no index', async () => {
    hub().commits.set(MAIN, new Map([...pipeline(), ['vae/config.json', new TextEncoder().encode('{}')]]));
    await expectRefused(fetchModel('owner/name'), /vae/);
    expect(asked()).to.not.include(WEIGHTS);
  });
});

describe('the network of a pipeline on pixels', () => {
  const path = scratchFolder();

  it('is opened alone with the scheduler that lies beside it', async () => {
    writeCheckpoint(path('model'));
    const [whole, network] = [await loadModel(path('model')), await loadModel(path('model/unet'))];
    expect(network.scheduler).to.deep.equal(whole.scheduler);
    expect(network.digest).to.equal(whole.digest);
    whole.dispose();
    network.dispose();
  });
});

describeShared('a real latent pipeline', 'models/faces-64', () => {
  it('is opened, and its network alone is refused', async () => {
    const model = await loadModel(shared('models/faces-64'));
    expect(model).to.deep.include({ imageShape: [64, 64, 3], isLatent: true });
    model.dispose();
    await expectRefused(loadModel(shared('models/faces-64/unet')), /LDMPipeline/);
  });
});
