import { join } from 'node:path';
import { expect } from 'chai';
import { EnvironmentError } from '../../src/errors.ts';
import { openFolder } from '../../src/node/folder.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { openOnnxDiffusers } from '../../src/node/onnx/openOnnxDiffusers.ts';
import { saidWhile } from '../support/said.ts';
import { rejection } from '../support/scratch.ts';
import { root } from '../support/shared.ts';

const FASHION = join(root, 'models/fashion-28');

describe('WebGPU without a driver', () => {
  it('is an error of one line where it was asked for', async () => {
    const error = await rejection(loadModel(FASHION, { device: 'webgpu' }));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'no-device');
    expect(error.message).to.match(
      /webgpu found nothing to compute on \(Failed to get a WebGPU adapter.*boomerang doctor/,
    );
    expect(error.message).not.to.include('\n');
  });

  it('leaves the work to the processor, said, where that is allowed', async () => {
    const folder = await openFolder(FASHION);
    const said = await saidWhile(async () => {
      const model = await openOnnxDiffusers(folder, { device: 'webgpu', canRetreat: true });
      expect(model.device).to.equal('cpu');
      model.dispose();
    });
    expect(said).to.have.length(1);
    expect(said[0]).to.match(/going on on the processor/);
  });
});
