import { expect } from 'chai';
import { build } from 'esbuild';
import { consumer } from '../support/packed.ts';

const PROGRAM = `
  import * as tf from '@tensorflow/tfjs-core';
  import { boomerang, chooseBackend, loadModel } from 'tfjs-boomerang';
  const run = async () => {
    const backend = await chooseBackend({ backend: 'wasm' });
    const model = await loadModel('models/fashion-28');
    const variants = await boomerang(model, tf.fill([1, 28, 28, 1], 0.25), { strength: 0.3, seed: 'a' });
    console.log(backend.name, model.engine, variants.shape.join());
    model.dispose();
  };
  run();
`;

describe('a bundle for Node', () => {
  const { write, path, node } = consumer('onnxruntime-node');

  for (const [format, file] of [
    ['esm', 'bundle.mjs'],
    ['cjs', 'bundle.cjs'],
  ] as const) {
    it(`runs as ${format}, its worker threads and its model found in the package that it was made of`, async () => {
      await build({
        entryPoints: [write('program.js', PROGRAM)],
        outfile: path(`deep/out/${file}`),
        bundle: true,
        platform: 'node',
        format,
        external: ['@tensorflow/*', 'onnxruntime-node', 'sharp', 'vega'],
        logLevel: 'silent',
      });
      const { stderr, ...ran } = node(path(`deep/out/${file}`));
      expect(ran).to.deep.equal({ status: 0, stdout: 'wasm onnx 1,28,28,1\n' });
      expect(stderr).to.match(/^tfjs-boomerang: ONNX Runtime computes on .*\n$/); // one line, and nothing else
    });
  }
});
