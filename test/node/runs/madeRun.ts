import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { encode } from 'fast-png';
import type { Model } from '../../../src/models/model.ts';
import { claimDestination } from '../../../src/node/runs/claimDestination.ts';
import { openDestination } from '../../../src/node/runs/destinations/openDestination.ts';
import { finishRun } from '../../../src/node/runs/finishRun.ts';
import { openWorkshop } from '../../../src/node/runs/openWorkshop.ts';
import { type RunPlan, shardsOf } from '../../../src/node/runs/plan.ts';
import { type PlanRunOptions, planRun } from '../../../src/node/runs/planRun.ts';
import { uniform } from '../../../src/random.ts';
import type { ImageShape } from '../../../src/tensors/noise.ts';

/** Images as a data set has them, and in which folder each lies. */
export type Pictures = {
  readonly shape: ImageShape;
  readonly images: readonly Uint8Array[];
  readonly classes?: readonly string[];
  /** One of which the file is no picture. */
  readonly broken?: number;
  /** The shape of one more, in black, which takes the place of the first. */
  readonly odd?: ImageShape;
};

/** Soft noise, which a model of natural images might see. */
export const pictures = (count: number, shape: ImageShape, classes?: readonly string[]): Pictures => ({
  shape,
  images: Array.from({ length: count }, (_, n) =>
    Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) =>
      Math.floor(64 + 128 * uniform(['picture', n, i])),
    ),
  ),
  ...(classes ? { classes } : {}),
});

const classOf = ({ classes = [''] }: Pictures, n: number): string => classes[n % classes.length] as string;

/** Writes pictures into folders of classes, so that their order in the data is that of their numbers in each class. */
export const writePictures = (folder: string, given: Pictures): void => {
  for (const [n, own] of given.images.entries()) {
    const [height, width, channels] = n === 0 && given.odd ? given.odd : given.shape;
    const data = n === 0 && given.odd ? new Uint8Array(height * width * channels) : own;
    mkdirSync(join(folder, classOf(given, n)), { recursive: true });
    writeFileSync(
      join(folder, classOf(given, n), `${String(n).padStart(3, '0')}.png`),
      n === given.broken ? 'no picture' : encode({ width, height, channels: channels as 1 | 3, data }),
    );
  }
};

/** The pictures as the transform meets them: int32 of 0 to 255, or float32 of 0 to 1, with classes one-hot. */
export const elementOf = (given: Pictures, dtype: 'int32' | 'float32' = 'int32') => {
  const { shape, images, classes } = given;
  const bytes = images.flatMap((image) => [...image]);
  const values = dtype === 'int32' ? Int32Array.from(bytes) : Float32Array.from(bytes, (value) => value / 255);
  const xs = tf.tensor4d(values, [images.length, ...shape], dtype);
  if (classes === undefined) return { xs };
  const labels = images.map((_, n) => n % classes.length);
  return { xs, ys: tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), classes.length), 'float32')) };
};

export type MakingRun = Omit<PlanRunOptions, 'data' | 'model'> & {
  readonly model: Model;
  readonly given: Pictures;
  /** How many shards are left out; the run is then not finished. @defaultValue 0 */
  readonly missing?: number;
  /** Where it goes. @defaultValue a folder */
  readonly place?: string;
};

/** Makes a run of pictures as `boomerang run` does. @param scratch where its data and its destination go. */
export const makeRun = async (
  scratch: (name: string) => string,
  { given, model, missing, place, ...asked }: MakingRun,
): Promise<{ readonly dest: string; readonly plan: RunPlan }> => {
  const [data, dest] = [scratch('data'), place ?? scratch('dest')];
  writePictures(data, given);
  const options = { ...asked, data, model };
  const plan = await planRun(options);
  const destination = await openDestination(dest);
  await claimDestination(destination, plan);
  const workshop = await openWorkshop({ plan, data, model, classifier: asked.keep?.classifier });
  const shards = [...shardsOf(plan)];
  for (const shard of shards.slice(0, shards.length - (missing ?? 0))) await workshop.make(shard, { destination });
  if (!missing) await finishRun(destination, plan);
  await workshop.close();
  await destination.close();
  return { dest, plan };
};
