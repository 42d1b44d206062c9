/**
 * By how much do returns in another precision differ from those in float32? As a share of the distance thrown: the root mean square
 * of their difference over that of what float32 made and the image.
 *
 *     npx tsx benchmarks/precisionError.ts MODEL DATA [--precision int8|float16] [--device cpu|webgpu] [--images 256] [--strengths 0.2,0.4,0.6]
 *
 * DATA is what `boomerang evaluate` takes; of data with parts the test part. Prints one JSON line a strength.
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { openImages } from '../src/node/data/openImages.ts';
import { type LoadOptions, loadModel } from '../src/node/loadModel.ts';
import { boomerang } from '../src/returns/boomerang.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    precision: { type: 'string', default: 'int8' },
    device: { type: 'string', default: 'cpu' },
    images: { type: 'string', default: '256' },
    strengths: { type: 'string', default: '0.2,0.4,0.6' },
  },
});
const [place = '', data = ''] = positionals;
await tf.setBackend('wasm');
const exact = await loadModel(place, { engine: 'onnx', device: 'cpu' });
const other = await loadModel(place, {
  precision: flags.precision as NonNullable<LoadOptions['precision']>,
  device: flags.device as NonNullable<LoadOptions['device']>,
});
const [height, width, channels] = exact.imageShape;
const set = await openImages(data, { size: [height, width], channels, fit: 'resize', part: 'test' });
const count = Math.min(Number(flags.images), set.count);
const stride = Math.floor(set.count / count);
const BATCH = 32;

const squares = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + (value - (b[i] ?? Number.NaN)) ** 2, 0);

/** Sums over the images from one on. */
const compare = async (from: number, strength: number) => {
  const places = Array.from({ length: Math.min(BATCH, count - from) }, (_, n) => (from + n) * stride);
  const pixels = places.flatMap((place) => Array.from(set.pixels(place), (value) => (value + 1) / 2));
  const images = tf.tensor4d(pixels, [places.length, height, width, channels]);
  const way = { strength, seed: 'error' };
  const [wanted, got] = [await boomerang(exact, images, way), await boomerang(other, images, way)];
  const [float32, numbers] = [await wanted.data(), await got.data()];
  tf.dispose([images, wanted, got]);
  return { error: squares(numbers, float32), distance: squares(float32, pixels), size: pixels.length };
};

for (const strength of flags.strengths.split(',').map(Number)) {
  const total = { error: 0, distance: 0, size: 0 };
  for (let from = 0; from < count; from += BATCH) {
    const { error, distance, size } = await compare(from, strength);
    total.error += error;
    total.distance += distance;
    total.size += size;
  }
  const distance = Math.sqrt(total.distance / total.size).toFixed(4);
  console.log(
    JSON.stringify({
      precision: flags.precision,
      images: count,
      strength,
      distance,
      share: Math.sqrt(total.error / total.distance),
    }),
  );
}
exact.dispose();
other.dispose();
