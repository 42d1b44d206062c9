import * as tf from '@tensorflow/tfjs-core';
import { inParts } from '../engines/tfjs/inParts.ts';
import type { TfjsNetwork } from '../engines/tfjs/network.ts';
import { ArgumentError } from '../errors.ts';
import type { Runner } from './model.ts';

/**
 * Runs a network on the backend that is set, on as many images at once as its memory allows. Waiting lets the event loop turn before the work, not during
 * it.
 */
export const tfjsRunner = (given: TfjsNetwork): Runner => {
  const network = inParts(given);
  const run: Runner['run'] = (x, { timesteps, labels }) =>
    tf.tidy(() => network.run(x, tf.tensor1d([...timesteps], 'float32'), labels && tf.tensor1d([...labels], 'int32')));
  let isDisposed = false;
  return {
    engine: 'tfjs',
    run,
    async runAsync(x, conditions) {
      await tf.nextFrame();
      if (isDisposed) throw new ArgumentError('model-disposed', 'this model was disposed before it had answered');
      return run(x, conditions);
    },
    dispose() {
      isDisposed = true;
      network.dispose();
    },
  };
};
