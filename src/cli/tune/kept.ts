import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { digestOf } from '../../checkpoints/digest.ts';
import { toBytes } from '../../node/images.ts';
import type { SweepPoint } from '../../node/tuning/sweep.ts';
import { planAmong } from '../../returns/plan.ts';
import type { Bench } from './bench.ts';
import { openKeptFile } from './keptFile.ts';

/** The strengths that a run has measured so far, in a file from which another run goes on. */
export type KeptPoints = {
  readonly path: string;
  /** Those that were measured before, and are of use now. */
  readonly known: readonly SweepPoint[];
  /** Why what lies there is of no use, if it is not. */
  readonly unusable?: string;
  /** Writes a strength beside the others. */
  readonly keep: (point: SweepPoint) => Promise<void>;
  /** How many strengths are in the file. */
  readonly count: () => number;
  readonly remove: () => Promise<void>;
};

type StoredPoint = Omit<SweepPoint, 'shown'> & { readonly shown: readonly string[] };
/** What was measured with the same settings, whichever strengths they were. */
export const openKept = async (path: string, bench: Bench): Promise<KeptPoints> => {
  const { stored, keep, points, ...file } = await openKeptFile<StoredPoint>(path, await settingsOf(bench));
  return {
    ...file,
    known: stored
      .filter(({ strength, roundTrip }) => roundTrip || bench.tuning.strengths.includes(strength))
      .map(fromStored),
    keep: (point) => keep(toStored(point)),
    count: () => points().filter(({ roundTrip }) => !roundTrip).length,
  };
};

/** Everything that a point depends on, but for its strength. */
const settingsOf = async ({ model, names, data, classifier, tuning }: Bench): Promise<string> => {
  const { images, variants, way, conditional, seed } = tuning;
  const { prompt, negativePrompt, classes } = way;
  const { manner } = planAmong(model, { ...way, strength: 0.5 });
  const judge = classifier ? await judgeOf(classifier) : 'nobody';
  const { digest, engine, device } = model; // a GPU takes other times
  const network = [digest, engine, names.backend, ...(device === undefined || device === 'cpu' ? [] : [device])];
  const told = [conditional, prompt ?? null, negativePrompt ?? null, classes ?? null];
  const facts = JSON.stringify(['v2', network, data.digest, judge, images, variants, manner, told, seed]);
  return digestOf([new TextEncoder().encode(facts)]);
};

const judgeOf = async ({ isGiven, path }: NonNullable<Bench['classifier']>): Promise<string> =>
  isGiven ? digestOf(await filesOf(path)) : basename(dirname(path));

/** The files of a classifier. */
const filesOf = async (path: string): Promise<Uint8Array[]> => {
  const json = await readFile(path);
  const { weightsManifest = [] } = JSON.parse(json.toString()) as { weightsManifest?: { paths: string[] }[] };
  const parts = weightsManifest.flatMap(({ paths }) => paths);
  return [json, ...(await Promise.all(parts.map((part) => readFile(join(dirname(path), part)))))];
};

/** Images are kept as bytes, which is what the picture shows of them. */
const toStored = (point: SweepPoint): StoredPoint => ({
  ...point,
  shown: point.shown.map((pixels) => Buffer.from(toBytes(pixels)).toString('base64')),
});

const fromStored = (point: StoredPoint): SweepPoint => ({
  ...point,
  shown: point.shown.map((text) => Float32Array.from(Buffer.from(text, 'base64'), (byte) => byte / 255)),
});
