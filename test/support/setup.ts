import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { use } from 'chai';
import { tensorAssertions } from './tensors.ts';

use(tensorAssertions);

// What tests make must not fill the cache folder of whoever runs them.
const cache = mkdtempSync(join(tmpdir(), 'boomerang-cache-'));
process.env['XDG_CACHE_HOME'] = cache;
process.once('exit', () => rmSync(cache, { recursive: true, force: true }));

export const mochaHooks = {
  async beforeAll() {
    await tf.setBackend('wasm');
    await tf.ready();
  },
};
