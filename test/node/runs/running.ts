import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import sharp from 'sharp';
import type { Model } from '../../../src/models/model.ts';
import { writeClassifier } from '../../../src/node/classifierFile.ts';
import { writePng } from '../../../src/node/images.ts';
import { loadModel } from '../../../src/node/loadModel.ts';
import { claimDestination } from '../../../src/node/runs/claimDestination.ts';
import { readRecord } from '../../../src/node/runs/commitShard.ts';
import { openDestination } from '../../../src/node/runs/destinations/openDestination.ts';
import { type FinishOptions, finishRun } from '../../../src/node/runs/finishRun.ts';
import { missingShards } from '../../../src/node/runs/missingShards.ts';
import { openWorkshop } from '../../../src/node/runs/openWorkshop.ts';
import { type Part, shardsOfPart } from '../../../src/node/runs/part.ts';
import type { RunPlan } from '../../../src/node/runs/plan.ts';
import { type PlanRunOptions, planRun } from '../../../src/node/runs/planRun.ts';
import { readIndex } from '../../../src/node/runs/runIndex.ts';
import { runShards } from '../../../src/node/runs/runShards.ts';
import type { Span } from '../../../src/node/runs/shardRecord.ts';
import { root } from '../../support/shared.ts';
import { stripes } from '../../support/stripes.ts';

export const MODEL = join(root, 'models/fashion-28');

/** The model of the repository, open while a suite lasts. */
export const openModel = (): (() => Model) => {
  let model: Model | undefined;
  before(async () => {
    model = await loadModel(MODEL, { engine: 'onnx' });
  });
  after(() => model?.dispose());
  return () => model as Model;
};

/** Images as PNG in folders of classes, of which the model knows the names, in another order than it has them. */
export const writeFolders = async (folder: string, count: number): Promise<string> => {
  const { bytes, labels } = stripes(count);
  for (const [n, label] of labels.entries()) {
    const path = join(folder, ['Bag', 'Ankle boot'][label] as string, `${n}.png`);
    mkdirSync(dirname(path), { recursive: true });
    const pixels = Float32Array.from(bytes.subarray(n * 784, (n + 1) * 784), (value) => value / 255);
    await writePng(path, pixels, [28, 28, 1]);
  }
  return folder;
};

/** Writes a classifier that knows nothing, always the same one. @returns the path of its model.json. */
export const writeNaive = async (folder: string, classes: number): Promise<string> => {
  const classifier = sequential();
  classifier.add(layers.flatten({ inputShape: [28, 28, 1] }));
  classifier.add(layers.dense({ units: classes, activation: 'softmax' }));
  const kernel = tf.tensor2d(
    Float32Array.from({ length: 784 * classes }, (_, i) => Math.sin(i * 12.9898) / 8),
    [784, classes],
  );
  classifier.setWeights([kernel, tf.zeros([classes])]);
  mkdirSync(folder, { recursive: true });
  const path = await writeClassifier(classifier, folder);
  classifier.dispose();
  kernel.dispose();
  return path;
};

/** A run as a whole, or parts of it one after another; in the same process. */
export const makeRun = async (
  place: string,
  options: PlanRunOptions & FinishOptions,
  parts: readonly Part[] = [{ index: 0, of: 1 }],
): Promise<RunPlan> => {
  const plan = await planRun(options);
  for (const part of parts) await makePart(place, { ...options, plan }, part);
  return plan;
};

export const makePart = async (
  place: string,
  options: PlanRunOptions & FinishOptions & { readonly plan: RunPlan },
  part: Part,
): Promise<void> => {
  const { plan, keep, mostFailed = Number.POSITIVE_INFINITY } = options;
  const destination = await openDestination(place);
  await claimDestination(destination, plan);
  const workshop = await openWorkshop({ ...options, classifier: keep?.classifier });
  try {
    const signal = new AbortController().signal;
    await runShards(workshop, { destination, shards: shardsOfPart(plan, part), signal, mostFailed });
    if ((await missingShards(destination, plan)).length === 0) await finishRun(destination, plan, { mostFailed });
  } finally {
    await workshop.close();
    await destination.close();
  }
};

/** Every file of a folder, and a digest of what is in it. */
export const treeOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(folder, name)).isFile())
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')
          .slice(0, 12),
      ]),
  );

/** A sample as it lies in a destination. */
export type Found = {
  readonly pixels: number[];
  readonly clean?: number[];
  readonly label?: number;
  readonly softLabel?: readonly number[];
  readonly unchanged?: true;
};

/** Grey images have one channel. */
const decoded = async (png: Uint8Array): Promise<Uint8Array> => {
  const image = sharp(png);
  const { channels } = await image.metadata();
  return (channels === 1 ? image.toColourspace('b-w') : image).raw().toBuffer();
};

/** All samples of a finished run by their ids, as its index and its records say where they lie. */
export const samplesIn = async (place: string): Promise<ReadonlyMap<string, Found>> => {
  const destination = await openDestination(place, { isReadOnly: true });
  const index = await readIndex(destination);
  const found = new Map<string, Found>();
  for (const shard of index?.shards ?? []) {
    const record = await readRecord(destination, shard.name);
    const read = async (span: Span): Promise<number[]> => {
      const { name, at = 0 } = shard.files?.[span.file] ?? { name: record?.files[span.file]?.name as string };
      const bytes = (await destination.read(name, { at: at + span.at, bytes: span.bytes })) as Uint8Array;
      return [...(span.raw ? bytes : await decoded(bytes))];
    };
    for (const { id, picture, clean, label, softLabel, unchanged } of record?.samples ?? []) {
      found.set(id, {
        pixels: await read(picture),
        ...(clean ? { clean: await read(clean) } : {}),
        ...(label === undefined ? {} : { label }),
        ...(softLabel ? { softLabel } : {}),
        ...(unchanged ? { unchanged } : {}),
      });
    }
  }
  return found;
};
