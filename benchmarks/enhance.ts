import * as tf from '@tensorflow/tfjs-core';
import { findData } from '../examples/classifier/data.ts';
import type { Model } from '../src/models/model.ts';
import { findFacePackage } from '../src/node/embedders/facePackages.ts';
import { loadEmbedder, openImages } from '../src/node/index.ts';
import { type Benchmark, networkSeconds, type Setting } from './benchmark.ts';
import { FASHION } from './checkpoints.ts';
import { openEnlargers, openFeatures } from './enhance/peers.ts';
import type { Judges } from './enhance/quality.ts';
import { studyOf } from './enhance/study.ts';
import { type Enlarging, modelWays, type Pair, peerWays, plainWays, seenOf } from './enhance/ways.ts';
import type { Figure } from './figure.ts';
import { findLanes, type Lane, laneFacts, type OpenLane, openLane, withLanes } from './lanes.ts';
import { networkGflop } from './network.ts';

const countOf = ({ quick }: Pick<Setting, 'quick'>): number => (quick ? 4 : 500);
const BATCH = 50;
/** Where the 500 begin: with those before it, the usual cascade was found. */
const FIRST = 5000;

/** From noise with so many steps; all of them on the first task, the middle one on all. */
const NOISE_STEPS = [15, 40, 100];
/** Evaluations of all ways of the model for an image, of all tasks; four tiles make one of 32 x 32. */
const EVALUATIONS = { fashion: 275 + 160 * (1 + 1 + 4), other: 160 };

const FASHION_TASKS: readonly (Enlarging & { readonly side: number })[] = [
  { name: 'clothing, 7 to 28, bicubic', factor: 4, degrade: 'bicubic', side: 28 },
  { name: 'clothing, 7 to 28, means of blocks', factor: 4, degrade: 'mean', side: 28 },
  { name: 'clothing, 14 to 28, bicubic', factor: 2, degrade: 'bicubic', side: 28 },
  { name: 'clothing, 4 to 32, bicubic', factor: 8, degrade: 'bicubic', side: 32 },
];

export const enhance: Benchmark = {
  about: 'how near do enlarged pictures come to the true ones, beside what people use (--peers DIR)?',
  seconds: ({ quick }) =>
    20 + networkSeconds('onnx', countOf({ quick }) * EVALUATIONS.fashion * networkGflop('fashion')),
  async *run(setting) {
    const data = findData(setting.data);
    if (data === undefined) return setting.say('enhance: not measured; it needs --data, a folder with Fashion-MNIST');
    for await (const { model, engine } of opened(FASHION)) {
      const set = await openImages(data, { part: 'test', size: [28, 28], channels: 1 });
      const judges = { features: await openFeatures(setting.peers) };
      for (const [n, { side, ...enlarging }] of FASHION_TASKS.slice(0, setting.quick ? 1 : 4).entries()) {
        const images = imagesOf(set, { first: FIRST, count: countOf(setting) });
        const all = tf.tidy(() => padded(images, side));
        images.dispose();
        for await (const figure of compare(
          { model, all, judges, noiseSteps: n === 0 ? NOISE_STEPS : [40] },
          enlarging,
          setting,
        ))
          yield { bench: 'enhance', engine, ...figure };
        all.dispose();
      }
      judges.features?.dispose();
    }
  },
};

export const latentEnhance: Benchmark = {
  about: 'and eight times, by another model, --model DIR, of images in --data that it has not seen?',
  seconds: ({ quick }) => 20 + networkSeconds('onnx', countOf({ quick }) * EVALUATIONS.other * 3),
  async *run(setting) {
    const { model: folder, data, say } = setting;
    if (folder === undefined || data === undefined)
      return say('latentEnhance: not measured; it needs --model and --data');
    for await (const { model, engine } of opened(folder)) {
      const [height, width, channels] = model.imageShape;
      const set = await openImages(data, { size: [height, width], channels });
      const all = imagesOf(set, { first: 0, count: Math.min(set.count, countOf(setting)) });
      say(`images: the first ${all.shape[0]} of ${set.count}`);
      const judges = { features: await openFeatures(setting.peers), identity: await openIdentity(say) };
      const enlarging: Enlarging = { name: `${height / 8} to ${height}, bicubic`, factor: 8, degrade: 'bicubic' };
      for await (const figure of compare({ model, all, judges, noiseSteps: [40] }, enlarging, setting))
        yield { bench: 'latentEnhance', engine, ...figure };
      await judges.identity?.dispose();
      judges.features?.dispose();
      all.dispose();
    }
  },
};

type Subject = {
  readonly model: Model;
  readonly all: tf.Tensor4D;
  readonly judges: Judges;
  readonly noiseSteps: readonly number[];
};

async function* compare(
  { model, all, judges, noiseSteps }: Subject,
  enlarging: Enlarging,
  { peers, say }: Setting,
): AsyncGenerator<Omit<Figure, 'engine' | 'bench'>> {
  const enlargers = await openEnlargers(peers, enlarging.factor);
  if (enlargers.length < 2)
    say(`${2 - enlargers.length} of 2 sizes of ESRGAN are not in --peers for ${enlarging.factor}x`);
  if (judges.features === undefined) say('no deep distance: nsfwjs is not in --peers');
  const ways = [
    ...(await plainWays(enlarging, peers)),
    ...peerWays(enlargers),
    ...modelWays(model, enlarging, noiseSteps),
  ];
  try {
    yield* studyOf(enlarging, { ways, judges, batches: () => batchesOf(all, enlarging), say });
  } finally {
    for (const enlarger of enlargers) enlarger.dispose();
  }
}

function* batchesOf(all: tf.Tensor4D, enlarging: Enlarging): Generator<Pair> {
  for (let from = 0; from < all.shape[0]; from += BATCH) {
    const truth = tf.slice(all, [from, 0, 0, 0], [Math.min(BATCH, all.shape[0] - from), -1, -1, -1]);
    const keys = Array.from({ length: truth.shape[0] }, (_, n) => from + n);
    yield { truth, seen: seenOf(truth, enlarging), keys };
  }
}

async function* opened(folder: string): AsyncGenerator<{ model: Model; engine: string }> {
  const { lanes } = await findLanes();
  const open = openLane(lanes[0] as Lane, folder).then((lane) => [lane]);
  yield* withLanes(open, async function* ([lane]) {
    const { model, enter } = lane as OpenLane;
    await enter();
    yield { model, engine: laneFacts(lane as OpenLane) };
  });
}

type ImageSet = Awaited<ReturnType<typeof openImages>>;

const imagesOf = (set: ImageSet, { first, count }: { first: number; count: number }): tf.Tensor4D => {
  const size = set.imageShape.reduce((product, side) => product * side, 1);
  const values = new Float32Array(count * size);
  for (let n = 0; n < count; n += 1)
    values.set(
      set.pixels(first + n).map((value) => (value + 1) / 2),
      n * size,
    );
  return tf.tensor4d(values, [count, ...set.imageShape]);
};

/** In the middle of black. */
const padded = (images: tf.Tensor4D, side: number): tf.Tensor4D => {
  const margin = (side - images.shape[1]) / 2;
  const around: [number, number] = [margin, margin];
  return tf.pad4d(images, [[0, 0], around, around, [0, 0]]);
};

/** Who is in a picture, where a judge of faces is installed. */
const openIdentity = (say: Setting['say']) => {
  try {
    findFacePackage('face-api');
    return loadEmbedder('face-api');
  } catch (error) {
    say(`no identity: ${(error as Error).message}`);
    return Promise.resolve(undefined);
  }
};
