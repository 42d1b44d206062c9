import * as tf from '@tensorflow/tfjs-core';
import { parseSchedulerConfig } from '../src/checkpoints/schedulerConfig.ts';
import { makeModel } from '../src/models/makeModel.ts';
import type { Model, Runner } from '../src/models/model.ts';
import type { ImageShape } from '../src/tensors/noise.ts';

/** A model whose network costs next to nothing, so that all else can be seen: it takes the noisy image for noise. */
export const trivialModel = (imageShape: ImageShape): Model => {
  const scheduler = parseSchedulerConfig({ _class_name: 'DDPMScheduler' });
  const run: Runner['run'] = (x) => tf.mul(x, 0.9);
  const runner: Runner = { engine: 'tfjs', run, runAsync: async (x, at) => run(x, at), dispose: () => {} };
  const facts = { imageShape, outChannels: imageShape[2], scheduler, digest: 'trivial', parameterCount: 0 };
  return makeModel(facts, runner);
};
