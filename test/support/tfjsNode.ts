import * as tf from '@tensorflow/tfjs-core';
import { chooseBackend } from '../../src/node/backend.ts';

/** A suite on the real tfjs-node backend where its addon loads; elsewhere it is skipped and says why. */
export const describeTfjsNode = (title: string, body: () => void): void => {
  describe(`${title} (on tfjs-node)`, () => {
    before(async function () {
      try {
        await chooseBackend({ backend: 'tfjs-node' });
      } catch (error) {
        console.log(`      skipped: ${error instanceof Error ? error.message : error}`);
        this.skip();
      }
    });
    after(() => tf.setBackend('wasm'));
    body();
  });
};
