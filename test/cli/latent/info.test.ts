import { expect } from 'chai';
import { loadModel } from '../../../src/node/loadModel.ts';
import { runInProcess } from '../../support/cli.ts';
import { ldmFiles, stableFiles, writeFiles } from '../../support/latentPipeline.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { expectNoLeak } from '../../support/tensors.ts';

describe('boomerang info of a latent pipeline', () => {
  const path = scratchFolder();
  const info = async (model: string, ...argv: string[]): Promise<string> => {
    const { status, stdout, stderr } = await runInProcess(['info', path(model), '--backend', 'wasm', ...argv]);
    expect(status, stderr).to.equal(0);
    return stdout;
  };

  it('says its parts, what it takes, and the memory of all weights as float32', () =>
    expectNoLeak(async () => {
      writeFiles(path('sd'), await stableFiles());
      const facts = JSON.parse(await info('sd', '--json'));
      expect(facts).to.deep.include({ imageShape: [16, 16, 3], latentShape: [4, 4, 4] });
      expect(facts).to.include({ architecture: 'UNet2DConditionModel', prompts: true, guidanceAsNumber: false });
      const { denoiser, autoencoder, textEncoder } = facts.parts;
      expect([denoiser.class, autoencoder.class, textEncoder.class]).to.deep.equal([
        'UNet2DConditionModel',
        'AutoencoderKL',
        'CLIPTextModel',
      ]);
      expect(textEncoder).to.include({ width: 16 });
      expect(textEncoder.tokens).to.be.within(3, 77);
      const parameters = denoiser.parameters + autoencoder.parameters + textEncoder.parameters;
      expect(parameters).to.equal(facts.parameterCount);
      expect(facts.memoryBytes).to.equal(4 * parameters);
      const model = await loadModel(path('sd'), { engine: 'tfjs' });
      expect(facts).to.include({ digest: model.digest, parameterCount: model.parameterCount });
      model.dispose();
    }));

  it('says so to people, and that a pipeline without text takes no prompts', async () => {
    writeFiles(path('ldm'), ldmFiles());
    const text = await info('ldm');
    expect(text)
      .to.match(/^latents \(height, width, channels\) +4, 4, 4$/m)
      .and.match(/^denoiser +UNet2DModel, \d+ parameters, [\d.]+ kB in float32$/m)
      .and.match(/^autoencoder +AutoencoderTiny, /m)
      .and.match(/^prompts +no$/m)
      .and.match(/^memory to open +about [\d.]+ kB$/m);
    expect(text).to.not.match(/text encoder/);
  });

  it('says that a network takes guidance as a number', async () => {
    writeFiles(path('lcm'), await stableFiles({ unet: { time_cond_proj_dim: 8 } }));
    expect(JSON.parse(await info('lcm', '--json'))).to.include({ guidanceAsNumber: true });
  });
});
