import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { use } from 'chai';
import { tensorAssertions } from './tensors.ts';

use(tensorAssertions);

export const mochaHooks = {
  async beforeAll() {
    await tf.setBackend('wasm');
    await tf.ready();
  },
};
