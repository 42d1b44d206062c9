import { expect } from 'chai';
import { loadModel } from '../../src/web/loadModel.ts';
import { rejection } from '../support/scratch.ts';
import { collectWarnings } from '../support/warnings.ts';

describe('loadModel outside of Node', () => {
  collectWarnings();
  const nowhere = 'http://127.0.0.1:1/model';

  for (const [options, code, remedy] of [
    [{ engine: 'ort' }, 'unknown-engine', 'onnx'],
    [{ device: 'cuda' }, 'unknown-device', 'webgpu'],
    [{ engine: 'tfjs', device: 'webgpu' }, 'bad-device', 'leave device out'],
    [{ progress: () => undefined }, 'unknown-option', 'onProgress'],
    [{ sha256: { 'a.bin': 'abc' } }, 'bad-sha256', '64'],
    [{ sha256: 'abc' }, 'bad-sha256', '64'],
  ] as const) {
    it(`refuses ${code} ${Object.values(options).map(String)} before it fetches anything`, async () => {
      const error = await rejection(loadModel(nowhere, options as object));
      expect(error).to.have.property('code', code);
      expect(error.message).to.include(remedy).and.not.include('\n');
    });
  }

  it('refuses a model of the package, which a page cannot read, and says what to serve', async () => {
    const error = await rejection(loadModel('boomerang:fashion-28'));
    expect(error).to.have.property('code', 'no-such-model');
    expect(error.message).to.include('serve node_modules/tfjs-boomerang/models/fashion-28');
  });

  it('refuses a model of TensorFlow.js on the other engine', async () => {
    const error = await rejection(loadModel(`${nowhere}/model.json`, { engine: 'onnx' }));
    expect(error).to.have.property('code', 'bad-engine');
  });
});
