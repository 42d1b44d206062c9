import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { boomerangAugment } from '../src/index.ts';
import { imageNoise } from '../src/tensors/noise.ts';
import { type Benchmark, networkSeconds, type Setting } from './benchmark.ts';
import { FASHION, withScratch, writeFashionOfSize } from './checkpoints.ts';
import type { Figure, Wanted } from './figure.ts';
import { findLanes, type Lane, laneFacts, type OpenLane, openLane, withLanes } from './lanes.ts';
import { growthOf, holding } from './memory.ts';
import { networkGflop } from './network.ts';
import { exactly, summarise } from './statistics.ts';

const STEPS = 2;
const BATCH = 16;
/** What the collector has not found yet, in MB, and not what grows with the images. */
const FLAT: Readonly<Record<string, Wanted>> = { tensors: { most: 0 }, heap: { most: 8 }, arrays: { most: 8 } };

/** Each asks for a number of images, in batches, of a size in pixels. */
const casesOf = ({ quick }: Pick<Setting, 'quick'>) => {
  const counts = quick ? [1, 10, 100] : [1, 10, 100, 1000];
  const batches = quick ? [1, 16] : [1, 4, 16, 64];
  const sizes = quick ? [28, 56] : [28, 56, 84];
  return [
    ...counts.map((images) => ({ table: 'number of images', images, batch: BATCH, size: 28 })),
    ...batches.map((batch) => ({ table: 'batch size', images: 64, batch, size: 28 })),
    ...sizes.map((size) => ({ table: 'image size', images: 16, batch: BATCH, size })),
  ];
};
type Case = ReturnType<typeof casesOf>[number];

export const growth: Benchmark = {
  about: 'how do time and memory grow with the number of images, the batch and the image size?',
  seconds(setting) {
    const areas = casesOf(setting).map(({ images, size }) => images * (size / 28) ** 2);
    const gflop = STEPS * networkGflop('fashion') * areas.reduce((sum, area) => sum + area, 0);
    return 10 + 1.5 * networkSeconds('onnx', gflop);
  },
  run: (setting) =>
    withScratch(async function* (scratch) {
      const { lanes } = await findLanes();
      for (const [n, asked] of casesOf(setting).entries()) {
        const folder = asked.size === 28 ? FASHION : await writeFashionOfSize(join(scratch, String(n)), asked.size);
        const open = openLane(lanes[0] as Lane, folder).then((lane) => [lane]);
        yield* withLanes(open, async function* ([lane]) {
          yield* measureCase(lane as OpenLane, asked);
        });
      }
    }),
};

async function* measureCase(lane: OpenLane, { table, ...at }: Case): AsyncGenerator<Figure> {
  const { model, enter } = lane;
  await enter();
  await stream(model, { ...at, images: at.batch }); // what is made once does not count
  const before = await holding();
  const times = await stream(model, at);
  const grown = growthOf(before, await holding());
  const common = { bench: 'growth', engine: laneFacts(lane), table, at };
  yield { ...common, what: 'an image', unit: 'ms', ...summarise(times) };
  for (const [what, value] of Object.entries(grown)) {
    const wanted = FLAT[what];
    const unit = what === 'tensors' ? '' : 'MB';
    yield { ...common, what: `${what} left`, unit, ...exactly(value), ...(wanted ? { wanted } : {}) };
  }
}

/** Images through the transform, batch after batch. @returns ms an image, for each batch. */
const stream = async (
  model: OpenLane['model'],
  { images, batch }: { readonly images: number; readonly batch: number },
): Promise<number[]> => {
  const augment = boomerangAugment({ model, strength: 0.4, steps: STEPS, seed: 'benchmark' });
  const times: number[] = [];
  for (let first = 0; first < images; first += batch) {
    const count = Math.min(batch, images - first);
    const xs = tf.tidy(() => {
      const noise = imageNoise(
        Array.from({ length: count }, (_, n) => ['image', first + n]),
        model.imageShape,
      );
      return tf.sigmoid(noise) as tf.Tensor4D;
    });
    const start = performance.now();
    const variants = await augment.async(xs);
    await variants.data();
    times.push((performance.now() - start) / count);
    tf.dispose([xs, variants]);
  }
  return times;
};
