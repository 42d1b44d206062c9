import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ArgumentError, EnvironmentError } from '../../src/errors.ts';
import { prepareDenoising } from '../../src/train/denoising.ts';
import { loadGradients } from '../../src/train/gradients.ts';
import { batchOf, disposeBatch, lessonGradients, lessonWeights } from '../../src/train/lesson.ts';
import { bytesOf, fittingBatch, measureMemory } from '../../src/train/microBatch.ts';
import { memoryLimit, namingMemory } from '../../src/train/outOfMemory.ts';
import { PRESETS } from '../../src/train/presets.ts';
import { disposeTrained, parametersOf, startTrained } from '../../src/train/trained.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';

describe('the memory of a step', () => {
  before(() => loadGradients());

  it('is foretold from one image and two, and two thirds of what wasm holds are never exceeded', () =>
    expectNoLeak(async () => {
      const config = { ...PRESETS['28-grey']?.config, block_out_channels: [32, 32, 32] };
      const data = { count: 8, imageShape: [28, 28, 1] as const, pixels: () => new Float32Array(784) };
      const run = prepareDenoising(data, { config, seed: 'm', batchSize: 8, steps: 1 });
      const batch = batchOf(run, 0);
      const trained = startTrained(lessonWeights(run.lesson, 'm'));
      const memory = await measureMemory(trained, batch, run.lesson);
      const { peakBytes, result } = await tf.profile(() =>
        tf.tidy(() => lessonGradients(run.lesson, parametersOf(trained), batch).loss),
      );
      const update = 8 * 4 * trained.rows.parameter.size;
      expect(bytesOf(8, memory) / (peakBytes + update)).to.be.closeTo(1, 0.01);
      expect(memoryLimit()).to.be.below((2 / 3) * 4294901760);
      disposeBatch(batch);
      tf.dispose(result);
      disposeTrained(trained);
    }));

  it('decides how many images go through the network at a time: all, or halves until they fit, or one', () => {
    const memory = { fixed: 200, perImage: 100 };
    expect(fittingBatch(64, memory, undefined)).to.equal(64);
    expect(fittingBatch(64, memory, 6600)).to.equal(64);
    expect(fittingBatch(64, memory, 6599)).to.equal(32);
    expect(fittingBatch(7, memory, 700)).to.equal(4);
    expect(fittingBatch(64, memory, 1)).to.equal(1);
  });

  it('is told in one line where it has run out, as other errors are not', async () => {
    const abort = new WebAssembly.RuntimeError('Aborted(). Build with -sASSERTIONS for more info.');
    const failing = (error: Error) =>
      rejection(
        namingMemory(
          () => 'a batch of 64',
          () => Promise.reject(error),
        ),
      );
    const error = await failing(abort);
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'out-of-memory');
    expect(error.message).to.match(/^a batch of 64 does not fit into the 4 GB that wasm can hold; make .*tfjs-node/);
    expect(error.cause).to.equal(abort);
    for (const other of [new TypeError('x is not a function'), new ArgumentError('bad-seed', 'out of bounds')]) {
      expect(await failing(other)).to.equal(other);
    }
  });
});
