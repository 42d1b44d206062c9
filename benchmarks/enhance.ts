import * as tf from '@tensorflow/tfjs-core';
import { findData } from '../examples/classifier/data.ts';
import type { Model } from '../src/models/model.ts';
import { openImages } from '../src/node/index.ts';
import { type Benchmark, networkSeconds, type Setting } from './benchmark.ts';
import { FASHION } from './checkpoints.ts';
import { imagesOf, openIdentity, padded } from './enhance/inputs.ts';
import { openEnlargers, openFeatures } from './enhance/peers.ts';
import type { Judges } from './enhance/quality.ts';
import { studyOf } from './enhance/study.ts';
import { type Effort, type Enlarging, modelWays, type Pair, peerWays, plainWays, seenOf } from './enhance/ways.ts';
import type { Figure } from './figure.ts';
import { findLanes, type Lane, laneFacts, type OpenLane, openLane, withLanes } from './lanes.ts';
import { networkGflop } from './network.ts';

const countOf = ({ quick }: Pick<Setting, 'quick'>): number => (quick ? 4 : 500);
const BATCH = 50;
/** Where the 500 begin: with those before it, the usual cascade was found. */
const FIRST = 5000;

const WHOLE: Effort = { noiseSteps: [40], hasFewThrows: true, samples: 4 };

type Task = Enlarging & Effort & { readonly side: number };

/** All ways are tried on the first; of 32 x 32, which take four tiles each, the least. */
const FASHION_TASKS: readonly Task[] = [
  { name: 'clothing, 7 to 28, bicubic', factor: 4, degrade: 'bicubic', side: 28, ...WHOLE, noiseSteps: [15, 40, 100] },
  { name: 'clothing, 7 to 28, means of blocks', factor: 4, degrade: 'mean', side: 28, ...WHOLE, hasFewThrows: false },
  { name: 'clothing, 14 to 28, bicubic', factor: 2, degrade: 'bicubic', side: 28, ...WHOLE, hasFewThrows: false },
  {
    name: 'clothing, 4 to 32, bicubic',
    factor: 8,
    degrade: 'bicubic',
    side: 32,
    ...WHOLE,
    hasFewThrows: false,
    samples: 1,
  },
];

/** Evaluations of all ways of the model for an image, of all tasks. */
const EVALUATIONS = { fashion: 275 + 115 + 115 + 4 * 55, other: 160 };

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
      for (const task of setting.quick ? FASHION_TASKS.slice(0, 1) : FASHION_TASKS) {
        const images = imagesOf(set, { first: FIRST, count: countOf(setting) });
        const all = tf.tidy(() => padded(images, task.side));
        images.dispose();
        for await (const figure of compare({ model, all, judges }, task, setting))
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
      const task: Task = {
        name: `${height / 8} to ${height}, bicubic`,
        factor: 8,
        degrade: 'bicubic',
        side: height,
        ...WHOLE,
      };
      for await (const figure of compare({ model, all, judges }, task, setting))
        yield { bench: 'latentEnhance', engine, ...figure };
      await judges.identity?.embed.dispose();
      judges.features?.dispose();
      all.dispose();
    }
  },
};

type Subject = {
  readonly model: Model;
  readonly all: tf.Tensor4D;
  readonly judges: Judges;
};

async function* compare(
  { model, all, judges }: Subject,
  task: Task,
  { peers, say }: Setting,
): AsyncGenerator<Omit<Figure, 'engine' | 'bench'>> {
  const enlargers = await openEnlargers(peers, task.factor);
  if (enlargers.length < 2) say(`${2 - enlargers.length} of 2 sizes of ESRGAN are not in --peers for ${task.factor}x`);
  if (judges.features === undefined) say('no deep distance: nsfwjs is not in --peers');
  const ways = [...(await plainWays(task, peers)), ...peerWays(enlargers), ...modelWays(model, task, task)];
  try {
    yield* studyOf(task, { ways, judges, batches: () => batchesOf(all, task), say });
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
