import * as tf from '@tensorflow/tfjs-core';
import { inParts } from '../engines/tfjs/inParts.ts';
import type { TfjsNetwork } from '../engines/tfjs/network.ts';
import { ArgumentError } from '../errors.ts';
import type { NetworkRunner } from './networkRunner.ts';

/**
 * Runs a network on the backend that is set, on as many images at once as its memory allows. Waiting lets the event
 * loop turn before the work, not during it.
 */
export const tfjsRunner = (given: TfjsNetwork): NetworkRunner => {
  const network = inParts(given);
  let isDisposed = false;
  return {
    engine: 'tfjs',
    run: (inputs) => network.run(inputs),
    async runAsync(inputs) {
      await tf.nextFrame();
      if (isDisposed) throw new ArgumentError('model-disposed', 'this model was disposed before it had answered');
      return network.run(inputs);
    },
    dispose() {
      isDisposed = true;
      network.dispose();
    },
  };
};
