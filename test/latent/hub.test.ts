import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { loadModel } from '../../src/node/loadModel.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { hubSuite, MAIN } from '../support/hubModel.ts';
import { stableFiles } from '../support/latentPipeline.ts';

describe('a pipeline with text on the hub', () => {
  const { hub, asked } = hubSuite();

  it('is fetched with all of its parts and nothing else, and opens from the cache when the hub is away', async () => {
    const files = await stableFiles();
    const others = ['text_encoder/pytorch_model.bin', 'safety_checker/model.safetensors', 'v1-5-pruned.ckpt'];
    hub().commits.set(MAIN, new Map([...files, ...others.map((path) => [path, new Uint8Array(9)] as const)]));
    const first = await loadModel('owner/name', { engine: 'onnx' });
    const fetched = new Set(asked());
    expect(others.filter((path) => fetched.has(path))).to.deep.equal([]);
    for (const path of files.keys()) if (!path.startsWith('tokenizer/')) expect(fetched, path).to.include(path);
    process.env['HF_HUB_OFFLINE'] = '1';
    const second = await loadModel('owner/name', { engine: 'tfjs' });
    expect(second.digest).to.equal(first.digest);
    const image = tf.fill([1, 16, 16, 3], 0.4) as tf.Tensor4D;
    const variant = await boomerang(second, image, { strength: 0.4, steps: 2, seed: 'a', prompt: 'a cat' });
    expect(variant.shape).to.deep.equal([1, 16, 16, 3]);
    tf.dispose([image, variant]);
    first.dispose();
    second.dispose();
  });
});
