import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { imageSet } from '../../src/node/data/imageSet.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import type { FolderTraining, StageFound, TrainingPlan } from '../../src/node/training/folderTraining.ts';
import { LATENT_DDIM } from '../../src/node/training/modelFiles.ts';
import { planTraining } from '../../src/node/training/plan.ts';
import { lengthOfStage } from '../../src/node/training/stage.ts';
import { trainFolder } from '../../src/node/training/trainFolder.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';

const IMAGES = imageSet({
  bytes: Uint8Array.from({ length: 50 * 64 }, (_, i) => (i * 37 + (i >> 6) * 11) % 256),
  imageShape: [8, 8, 1],
  labels: Array.from({ length: 50 }, (_, n) => n % 2),
  classes: ['even', 'odd'],
});
const DENOISER = {
  sample_size: 4,
  in_channels: 2,
  out_channels: 2,
  block_out_channels: [4, 4],
  down_block_types: ['DownBlock2D', 'DownBlock2D'],
  up_block_types: ['UpBlock2D', 'UpBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 2,
  attention_head_dim: 4,
  num_class_embeds: 3,
};
const AUTOENCODER = {
  _class_name: 'AutoencoderTiny',
  in_channels: 1,
  out_channels: 1,
  latent_channels: 2,
  encoder_block_out_channels: [4, 4],
  decoder_block_out_channels: [4, 4],
  num_encoder_blocks: [1, 1],
  num_decoder_blocks: [1, 1],
};
/** Four steps of the autoencoder, six of the network. */
const TRAINING: FolderTraining = {
  images: IMAGES,
  model: { config: DENOISER, scheduler: LATENT_DDIM, autoencoder: AUTOENCODER, classes: ['even', 'odd'] },
  batchSize: 4,
  steps: 10,
  flip: true,
  seed: 's',
  about: { data: 'patterns', backend: 'wasm' },
};

describe('trainFolder, for a model that walks in latents', () => {
  const path = scratchFolder();
  const weights = (folder: string): string =>
    ['unet', 'vqvae']
      .map((part) => readFileSync(path(`${folder}/${part}/diffusion_pytorch_model.safetensors`)).toString('base64'))
      .join();

  it('divides the length between its two stages, and leaves one that will not do to be refused', () => {
    for (const [length, autoencoder, denoiser] of [
      [{ steps: 10 }, { steps: 4 }, { steps: 6 }],
      [{ steps: 1 }, { steps: 1 }, { steps: 1 }],
      [{ epochs: 10 }, { epochs: 4 }, { epochs: 6 }],
      [{ minutes: 20 }, { minutes: 8 }, { minutes: 12 }],
      [{ steps: 1.5 }, { steps: 1.5 }, { steps: 1.5 }],
      [{ minutes: -1 }, { minutes: -1 }, { minutes: -1 }],
    ] as const) {
      expect(lengthOfStage(length, 'autoencoder')).to.deep.equal(autoencoder);
      expect(lengthOfStage(length, 'denoiser')).to.deep.equal(denoiser);
    }
  });

  it('writes a pipeline in the layout of diffusers that both engines open, its card, pictures and states', async () => {
    const looks: StageFound[] = [];
    const encoded: number[] = [];
    await expectNoLeak(async () => {
      const trained = await trainFolder(path('model'), {
        ...TRAINING,
        accept: true,
        onLook: (found) => void looks.push(found),
        onEncoding: (done, total) => void (done === total && encoded.push(total)),
      });
      expect(trained).to.deep.include({ steps: 6, isStopped: false });
      expect(trained.autoencoder?.steps).to.equal(4);
    });
    expect(encoded).to.deep.equal([2 * 47]); // all that are learned from, mirrored, too
    expect(looks.map(({ stage, images }) => [stage, images])).to.deep.equal([
      ['autoencoder', 3],
      ['denoiser', 3],
    ]);
    const files = `README.md autoencoder-losses.png autoencoder-state.safetensors boomerang.json latents.safetensors losses.png
      model_index.json reconstructions.png samples.png scheduler training-log.json training-state.safetensors unet vqvae`;
    expect(readdirSync(path('model')).sort()).to.deep.equal(files.split(/\s+/));
    const json = (file: string) => JSON.parse(readFileSync(path(`model/${file}`), 'utf8'));
    expect(json('model_index.json')).to.deep.equal({
      _class_name: 'LDMPipeline',
      vqvae: ['diffusers', 'AutoencoderTiny'],
      unet: ['diffusers', 'UNet2DModel'],
      scheduler: ['diffusers', 'DDIMScheduler'],
    });
    expect(json('vqvae/config.json').scaling_factor).to.be.above(0);
    const names = [...parseSafetensors(readFileSync(path('model/vqvae/diffusion_pytorch_model.safetensors'))).keys()];
    expect(names).to.include.members(['encoder.layers.0.weight', 'decoder.layers.2.conv.4.bias']);
    const card = readFileSync(path('model/README.md'), 'utf8');
    expect(card).to.match(/4 steps of the autoencoder, then 6 of the network, of 4 images/);
    expect(card)
      .to.match(/\d+\.\d dB/)
      .and.include('LDMPipeline.from_pretrained');
    expect(card).to.match(/Mean squared epsilon error on 3 images/);
    for (const engine of ['tfjs', 'onnx'] as const) {
      const model = await loadModel(path('model'), { engine });
      expect(model).to.deep.include({ imageShape: [8, 8, 1], latentShape: [4, 4, 2], isLatent: true, engine });
      const images = tf.fill([1, 8, 8, 1], 0.5) as tf.Tensor4D;
      const variants = await boomerang(model, images, { strength: 0.5, steps: 2, seed: 'a', labels: [1] });
      expect(variants.shape).to.deep.equal([1, 8, 8, 1]);
      tf.dispose([images, variants]);
      model.dispose();
    }
  });

  it('gives the same weights in one go, or stopped in either stage, or between them, and resumed', async () => {
    await trainFolder(path('whole'), TRAINING);
    const stops = [
      ['autoencoder', 2],
      ['autoencoder', 4], // nothing is encoded yet
      ['denoiser', 3],
    ] as const;
    for (const [n, [stage, step]] of stops.entries()) {
      const out = path(`parts${n}`);
      const abort = new AbortController();
      const onStep = (report: { readonly stage: string; readonly step: number }): void => {
        if (report.stage === stage && report.step === step) abort.abort();
      };
      const part = await trainFolder(out, { ...TRAINING, signal: abort.signal, onStep });
      expect(part).to.include({ isStopped: true, steps: stage === 'denoiser' ? 3 : 0 });
      expect(existsSync(path(`parts${n}/README.md`))).to.equal(stage === 'denoiser');
      const [resumed, encoded]: [unknown[], number[]] = [[], []];
      await trainFolder(out, {
        ...TRAINING,
        resume: true,
        onResume: (...at) => void resumed.push(at),
        onEncoding: (done, total) => void (done === total && encoded.push(total)),
      });
      expect(resumed).to.deep.equal([[step, stage]]);
      expect(encoded).to.have.length(stage === 'denoiser' ? 0 : 1); // never again
      expect(weights(`parts${n}`)).to.equal(weights('whole'));
    }
  });

  it('does not write over a run, nor go on with one of another length, network or autoencoder', async () => {
    const abort = new AbortController();
    const onStep = (): void => abort.abort();
    await trainFolder(path('model'), { ...TRAINING, signal: abort.signal, onStep });
    expect(await rejection(trainFolder(path('model'), TRAINING))).to.have.property('code', 'training-exists');
    const { model } = TRAINING;
    for (const [changes, message] of [
      [{ steps: 20 }, /length.steps was 10 and is 20/],
      [{ model: { ...model, config: { ...DENOISER, act_fn: 'gelu' } } }, /denoiser.act_fn was absent and is "gelu"/],
      [{ model: { ...model, autoencoder: { ...AUTOENCODER, act_fn: 'gelu' } } }, /autoencoder.act_fn was absent/],
    ] as const) {
      const other = await rejection(trainFolder(path('model'), { ...TRAINING, ...changes, resume: true }));
      expect(other).to.have.property('code', 'another-run');
      expect(other.message).to.match(message);
    }
  });

  it('says before it begins what both stages will take, and writes nothing where only that is asked', async () => {
    const plans: TrainingPlan[] = [];
    await trainFolder(path('model'), { ...TRAINING, onPlan: (plan) => void plans.push(plan) });
    expect(plans).to.have.length(1);
    const plan = await planTraining(TRAINING);
    for (const { steps, minutes, autoencoder } of [plan, ...plans]) {
      expect({ steps, first: autoencoder?.steps }).to.deep.equal({ steps: 6, first: 4 });
      expect(minutes).to.be.above(autoencoder?.minutes as number);
    }
    expect(plans).to.not.be.empty;
  });

  it('refuses images that the autoencoder cannot halve, and minutes in which not one step fits', async () => {
    const images = imageSet({ bytes: new Uint8Array(50 * 63), imageShape: [9, 7, 1] });
    const model = { ...TRAINING.model, config: { ...DENOISER, num_class_embeds: undefined } };
    const odd = await rejection(trainFolder(path('odd'), { ...TRAINING, images, model }));
    expect(odd).to.have.property('code', 'bad-image-shape');
    expect(odd.message).to.match(/^height and width must be divisible by 2,[^\n]*\[9,7,1\][^\n]*$/);
    const short = { ...TRAINING, steps: undefined, minutes: 1e-6 } as never;
    const error = await rejection(trainFolder(path('short'), short));
    expect(error).to.have.property('code', 'bad-minutes');
    expect(error.message).to.match(/^0.000001 minutes are too short/);
  });
});
