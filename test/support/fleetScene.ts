import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEntry } from '../../src/fleet/entry.ts';
import type { Model } from '../../src/models/model.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { claimDestination } from '../../src/node/runs/claimDestination.ts';
import type { Destination } from '../../src/node/runs/destination.ts';
import { openDestination } from '../../src/node/runs/destinations/openDestination.ts';
import { finishRun } from '../../src/node/runs/finishRun.ts';
import { missingShards } from '../../src/node/runs/missingShards.ts';
import { openWorkshop } from '../../src/node/runs/openWorkshop.ts';
import { type PlanRunOptions, planRun } from '../../src/node/runs/planRun.ts';
import { idx } from '../node/dataFiles.ts';
import { root } from './shared.ts';

/** A model that is real, small and here. */
export const FASHION = join(root, 'models/fashion-28');

/** Grey images of 28 x 28 in two classes, as IDX files in a folder. */
export const writeGreys = (folder: string, count: number): string => {
  mkdirSync(folder, { recursive: true });
  const pixels = Array.from({ length: count * 784 }, (_, n) => (n * 37 + Math.floor(n / 784) * 11) % 256);
  const labels = Array.from({ length: count }, (_, n) => n % 2);
  writeFileSync(join(folder, 'train-images-idx3-ubyte'), idx([count, 28, 28], pixels));
  writeFileSync(join(folder, 'train-labels-idx1-ubyte'), idx([count], labels));
  return folder;
};

export type Scene = {
  readonly entry: RunEntry;
  readonly destination: Destination;
  readonly model: Model;
};

/** A run of little work into a folder, ready to be given to a fleet. */
export const planScene = async (
  { data, out, ...wishes }: { readonly data: string; readonly out: string } & Partial<PlanRunOptions>,
  priority = 100,
): Promise<Scene> => {
  const model = wishes.model ?? (await fashion());
  const augment = { seed: 'fleet', strength: 0.1, steps: 10 };
  const plan = await planRun({ data, model, augment, variants: 1, shardImages: 4, format: 'webdataset', ...wishes });
  const destination = await openDestination(out);
  await claimDestination(destination, plan);
  return {
    entry: { version: 1, plan, places: { data, destination: out }, model: FASHION, priority },
    destination,
    model,
  };
};

let opened: Promise<Model> | undefined;
const fashion = (): Promise<Model> => {
  opened ??= loadModel(FASHION);
  return opened;
};

/** Makes all shards here, one after another, and finishes. */
export const makeAlone = async ({ entry, destination, model }: Scene): Promise<void> => {
  const workshop = await openWorkshop({ plan: entry.plan, data: entry.places.data, model });
  for (const shard of await missingShards(destination, entry.plan)) await workshop.make(shard, { destination });
  await finishRun(destination, entry.plan);
  await workshop.close();
};

/** Every file below a folder, by its path. */
export const filesBelow = async (folder: string): Promise<Record<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(paths.map((path) => readFile(path, 'base64')));
  const named = paths.map((path, n) => [path.slice(folder.length + 1), contents[n] as string] as const);
  return Object.fromEntries(named.sort(([one], [other]) => (one < other ? -1 : 1)));
};

/** The names of the records of shards in a destination; none where it is not there yet. */
export const recordsIn = (folder: string): Promise<string[]> => readdir(join(folder, 'shards')).catch(() => []);
