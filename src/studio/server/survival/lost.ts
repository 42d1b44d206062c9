import * as tf from '@tensorflow/tfjs-core';
import { takeValues, visitVariants } from '../../../calibrate/variants.ts';
import { toBytes } from '../../../node/images.ts';
import { watchModel } from '../../../node/tuning/watchModel.ts';
import type { Done, Lost } from '../../api.ts';
import type { StudioContext } from '../context.ts';
import { dataUrl, pngOf } from '../png.ts';
import { type BenchWork, checkHeldOut, openBench, type SurvivalBench, withImages } from './bench.ts';
import { type Measured, MOST_LOST } from './kept.ts';

/** As many as anybody looks at. */
const MOST_SHOWN = 100;

type Losing = BenchWork & { readonly measured: Measured };

/** Tells the variants that lost their label at a strength: the same ones that its point counts. */
export const showLost = async (context: StudioContext, work: Losing): Promise<void> => {
  const { choice, measured, events } = work;
  checkHeldOut(context);
  const known = measured.lost.get(choice.strength);
  if (known) for (const one of known) await events.send('lost', { ...one, isKept: true } satisfies Lost);
  else await context.turns.take(events.signal, () => findLost(context, work));
  await events.send('done', {} satisfies Done);
};

const findLost = async (context: StudioContext, work: Losing): Promise<void> => {
  const { choice, asked, measured, events } = work;
  const bench = await openBench(context, work);
  const { seed, strength, measure } = choice;
  const found: Lost[] = [];
  let variant = 0;
  let first: number | undefined;
  const onVariants = async (_count: number, made: tf.Tensor4D, places: readonly number[]): Promise<void> => {
    if (places[0] !== first) [first, variant] = [places[0], 0]; // another batch of images
    const room = MOST_SHOWN - found.length;
    const some = (await lostAmong(context, bench, { made, places, choice: { strength }, variant })).slice(0, room);
    for (const one of some) await events.send('lost', one);
    found.push(...some);
    variant += 1;
  };
  const { variants } = measure;
  const places = bench.places.map((_, n) => n);
  const returnTo = bench.returnTo ? { labels: bench.returnTo } : {};
  const { signal } = events;
  const options = { ...asked.way, ...returnTo, strength, seed, variants, places, signal, onVariants };
  await withImages(context, bench.places, (images) =>
    visitVariants(
      watchModel(context.model, { signal }),
      images,
      { ...options, encodings: measured.encodings },
      async () => undefined,
    ),
  );
  if (found.length === MOST_SHOWN) {
    await events.send('stage', { text: `the first ${MOST_SHOWN} of those that lost their label`, share: 1 });
  }
  keepLost(measured, strength, found);
};

const keepLost = ({ lost }: Measured, strength: number, found: readonly Lost[]): void => {
  lost.set(strength, found);
  for (const oldest of [...lost.keys()].slice(0, -MOST_LOST)) lost.delete(oldest);
};

type Made = {
  readonly made: tf.Tensor4D;
  /** Among the images of the bench. */
  readonly places: readonly number[];
  readonly choice: { readonly strength: number };
  readonly variant: number;
};

const lostAmong = async (
  { data }: StudioContext,
  { places: inData, labels, classify }: SurvivalBench,
  { made, places, choice, variant }: Made,
): Promise<Lost[]> => {
  const guesses = await takeValues(tf.tidy(() => tf.argMax(classify(made), -1)));
  const lost = places.flatMap((place, n) => (guesses[n] === labels[place] ? [] : [{ place, n }]));
  if (lost.length === 0) return [];
  const pixels = await made.data<'float32'>();
  const size = pixels.length / places.length;
  return Promise.all(
    lost.map(async ({ place, n }) => {
      const own = pixels.subarray(n * size, (n + 1) * size);
      const image = inData[place] as number;
      const url = dataUrl(await pngOf(toBytes(own), data.imageShape));
      const [was, became] = [labels[place] as number, guesses[n] as number];
      const distance = distanceTo(data.bytes.subarray(image * size, (image + 1) * size), own);
      return { image, variant, epoch: 0, ...choice, distance, url, isKept: false, was, became };
    }),
  );
};

/** Root mean square distance of an image of bytes to one in [0, 1], in [0, 1] units. */
const distanceTo = (bytes: Uint8Array, pixels: Float32Array): number =>
  Math.sqrt(pixels.reduce((sum, pixel, i) => sum + (pixel - (bytes[i] as number) / 255) ** 2, 0) / pixels.length);
