import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { boomerangAugment, memoryCache, tieredCache } from '../src/index.ts';
import { chooseBackend } from '../src/node/backend.ts';
import { diskCache } from '../src/node/diskCache/diskCache.ts';
import type { Benchmark } from './benchmark.ts';
import type { Figure, Wanted } from './figure.ts';
import { growthOf, type Holding, holding } from './memory.ts';
import { exactly } from './statistics.ts';
import { trivialModel } from './trivialModel.ts';

const BATCH = 100;
const imagesOf = ({ quick }: { readonly quick: boolean }): number => (quick ? 2_000 : 100_000);
/** What the collector has not found yet, in MB, and not what grows with the images. */
const FLAT: Readonly<Record<string, Wanted>> = {
  tensors: { most: 0 },
  heap: { most: 8 },
  arrays: { most: 8 },
  handles: { most: 0 },
};

/** Open files and sockets, where the system says so. */
const handles = (): number => {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
};

export const soak: Benchmark = {
  about: 'does anything grow over 100,000 images through the transform?',
  seconds: (setting) => imagesOf(setting) / 1500,
  async *run(setting) {
    await chooseBackend();
    const folder = mkdtempSync(join(tmpdir(), 'boomerang-soak-'));
    const cache = tieredCache(memoryCache({ maxBytes: 2 ** 20 }), diskCache(folder, { maxBytes: 2 * 2 ** 20 }));
    const model = trivialModel([8, 8, 1]);
    const options = {
      model,
      seed: 'soak',
      strength: { from: 0.1, to: 0.6 },
      probability: 0.8,
      eta: 1,
      steps: 3,
      reuse: 2,
      branch: 0.3,
      cache,
    };
    const augment = boomerangAugment(options);
    const turn = async (first: number): Promise<void> => {
      augment.setEpoch(Math.floor(first / (imagesOf(setting) / 4)));
      const xs = tf.tidy(() => tf.fill([BATCH, 8, 8, 1], (first % 977) / 977) as tf.Tensor4D);
      const keyed = tf.tidy(() => tf.mul(xs, tf.reshape(tf.linspace(0.1, 1, BATCH), [BATCH, 1, 1, 1])) as tf.Tensor4D);
      tf.dispose([await augment.async(keyed), keyed, xs]);
    };
    const warmUp = imagesOf(setting) / 5; // until the caches are full: what they may hold is not growth
    for (let first = 0; first < warmUp; first += BATCH) await turn(first);
    const before = { ...(await holding()), handles: handles() };
    for (let first = 0; first < imagesOf(setting); first += BATCH) await turn(first);
    const after = await holding();
    yield* figures({ images: imagesOf(setting) }, { ...growthOf(before, after), handles: handles() - before.handles });
    cache.dispose?.();
    rmSync(folder, { recursive: true });
  },
};

function* figures(at: Figure['at'], grown: Holding & { readonly handles: number }): Generator<Figure> {
  for (const [what, value] of Object.entries(grown)) {
    const unit = what === 'tensors' || what === 'handles' ? '' : 'MB';
    const wanted = FLAT[what];
    yield {
      bench: 'soak',
      engine: 'none',
      at,
      what: `${what} left`,
      unit,
      ...exactly(value),
      ...(wanted ? { wanted } : {}),
    };
  }
}
