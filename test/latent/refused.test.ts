import { expect } from 'chai';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import { BoomerangError } from '../../src/errors.ts';
import type { PipelineOptions } from '../../src/models/loadOptions.ts';
import { openModel } from '../../src/models/openModel.ts';
import { openFolder } from '../../src/node/folder.ts';
import { openOnnxDiffusers } from '../../src/node/onnx/openOnnxDiffusers.ts';
import { stableFiles, writeFiles } from '../support/latentPipeline.ts';
import { saidWhile } from '../support/said.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { REFUSALS } from './refusals.ts';

describe('a latent pipeline is refused', () => {
  const path = scratchFolder();

  for (const [title, { files, options = {}, code, message }] of Object.entries(REFUSALS)) {
    it(`for ${title}: ${code}`, () =>
      expectNoLeak(async () => {
        const made = await files();
        const folder = await openFolder(writeFiles(path('model'), made));
        for (const open of [
          () => openModel(memoryFolder('model', made), options as PipelineOptions),
          () => openOnnxDiffusers(folder, options as PipelineOptions, path('cache')),
        ]) {
          const error = await rejection(open());
          expect(error, error.message).to.be.instanceOf(BoomerangError).with.property('code', code);
          expect(error.message).to.match(message).and.not.include('\n');
        }
      }));
  }
});

describe('a latent pipeline with parts that change no picture', () => {
  it('is opened without them, which is said once', () =>
    expectNoLeak(async () => {
      const parts = { safety_checker: ['stable_diffusion', 'SafetyChecker'], feature_extractor: ['transformers', 'X'] };
      const folder = memoryFolder('judged', await stableFiles({ index: { ...parts, requires_safety_checker: true } }));
      const said = await saidWhile(async () => {
        for (const _ of [1, 2]) (await openModel(folder)).dispose();
      });
      expect(said).to.have.length(1);
      expect(said[0]).to.match(/names safety_checker, feature_extractor, which are left aside/);
    }));
});
