import { mkdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { CheckpointError } from '../../src/errors.ts';
import { fetchModel } from '../../src/node/hub/fetchModel.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { hubSuite, MAIN, pipeline, WEIGHTS } from '../support/hubModel.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { describeShared, shared } from '../support/shared.ts';
import { writeCheckpoint } from './onnxCheckpoint.ts';

const LATENT = {
  _class_name: 'LDMPipeline',
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
    it(`is refused from disk, whole or by its network alone, on ${engine}`, async () => {
      writeCheckpoint(path('model'));
      mkdirSync(path('model/vqvae'));
      writeFileSync(path('model/vqvae/config.json'), JSON.stringify({ _class_name: 'VQModel' }));
      await expectRefused(loadModel(path('model'), { engine }), /vqvae \(VQModel\)/);
      await expectRefused(loadModel(path('model/unet'), { engine }), /vqvae \(VQModel\)/);
      writeFileSync(path('model/model_index.json'), JSON.stringify(LATENT));
      await expectRefused(loadModel(path('model'), { engine }), /LDMPipeline.*vqvae \(VQModel\)/);
      await expectRefused(loadModel(path('model/unet'), { engine }), /LDMPipeline.*vqvae \(VQModel\)/);
    });
  }

  it('is refused from the hub before anything of it but its index is fetched', async () => {
    const index = new TextEncoder().encode(JSON.stringify(LATENT));
    hub().commits.set(MAIN, new Map([...pipeline(), ['model_index.json', index]]));
    await expectRefused(fetchModel('owner/name'), /LDMPipeline.*vqvae/);
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
  it('is refused, and so is its network', async () => {
    await expectRefused(loadModel(shared('models/faces-64')), /LDMPipeline.*vqvae \(AutoencoderTiny\)/);
    await expectRefused(loadModel(shared('models/faces-64/unet')), /LDMPipeline/);
  });
});
