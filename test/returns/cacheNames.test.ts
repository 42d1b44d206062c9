import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { portableName } from '../../src/returns/cacheNames.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';

describe('the name of a variant that travels', () => {
  const model = gaussianModel();

  const nameOf = (changes: Partial<AugmentOptions> = {}): string => {
    const names: string[] = [];
    const get = (name: string): Float32Array => {
      names.push(name);
      return new Float32Array(16);
    };
    const bank = { variants: 2, get, put: () => {}, stats: () => ({ entries: 0, bytes: 0 }) };
    const image = gaussianImages(1, model);
    tf.dispose([image, boomerangAugment({ model, seed: 1, strength: 0.5, bank, ...changes })(image)]);
    return names[0] as string;
  };

  it('is the same on every engine and backend', async () => {
    const here = nameOf();
    const engine = nameOf({ model: { ...model, engine: 'onnx' } });
    await tf.setBackend('cpu');
    const backend = nameOf();
    await tf.setBackend('wasm');
    expect(new Set([here, engine, backend])).to.have.property('size', 3);
    expect(new Set([here, engine, backend].map(portableName))).to.have.property('size', 1);
  });

  it('keeps whatever else decides the variant', () => {
    const others: readonly Partial<AugmentOptions>[] = [
      {},
      { model: { ...model, digest: 'another' } },
      { seed: 2 },
      { strength: 0.6 },
      { steps: 3 },
      { solver: 'heun' },
    ];
    expect(new Set(others.map((changes) => portableName(nameOf(changes))))).to.have.property('size', others.length);
  });
});
