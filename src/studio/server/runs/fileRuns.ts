import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { PROGRESS, progressIn, type RunProgress } from '../../../node/runs/progressFile.ts';
import type { FileRun } from '../../fileRun.ts';

/** A run that has said nothing for so long is not under way, in milliseconds: it says something every few seconds. */
const QUIET_MS = 60_000;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What is shown of a plan; see `RunPlan`. */
const planSchema = v.object({
  data: v.object({ count }),
  variants: count,
  originals: v.boolean(),
  shardImages: v.pipe(count, v.minValue(1)),
});
type Plan = v.InferOutput<typeof planSchema>;

/** What is shown of an index; see `RunIndex`. */
const indexSchema = v.object({ samples: count, failed: v.array(v.unknown()) });

/** Runs that write files into folders that were named, or into folders in these; what is damaged is none. */
export const fileRuns = async (folders: readonly string[], now: Date): Promise<readonly FileRun[]> => {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const within = await Promise.all((await foldersIn(folder)).map((name) => fileRun(folder, name, now)));
      return [await fileRun(folder, '', now), ...within];
    }),
  );
  return found.flat().filter((run) => run !== undefined);
};

const foldersIn = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry) => (entry.isDirectory() && !entry.name.startsWith('.') ? [entry.name] : [])).sort();
};

const fileRun = async (folder: string, within: string, now: Date): Promise<FileRun | undefined> => {
  const place = join(folder, within);
  const plan = await readAs(planSchema, join(place, 'run.json'));
  if (plan === undefined) return undefined;
  const passes = plan.variants + (plan.originals ? 1 : 0);
  const facts = { name: join(basename(folder), within), of: plan.data.count * passes, ...shardsOf(plan) };
  const index = await readIndex(join(place, 'index.json'));
  if (index) return { ...facts, ...index, state: 'finished', done: facts.total };
  const progress = progressIn(await readFile(join(place, PROGRESS), 'utf8').catch(() => ''));
  if (progress === undefined) return { ...facts, state: 'still', done: await shardsIn(place) };
  return { ...facts, ...progressOf(progress, now) };
};

const shardsOf = ({ data, variants, originals, shardImages }: Plan): { readonly total: number } => ({
  total: Math.ceil(data.count / shardImages) * (variants + (originals ? 1 : 0)),
});

const progressOf = ({ at, done, samples, failed, ...speed }: RunProgress, now: Date) => {
  const isGoing = now.getTime() - Date.parse(at) < QUIET_MS;
  const { perSecond, workers, secondsLeft } = speed;
  const left = secondsLeft === undefined ? {} : { secondsLeft };
  const going = isGoing ? { perSecond, workers, ...left } : {};
  return { state: isGoing ? 'going' : 'still', done, samples, failed, ...going } as const;
};

/** Shards whose records are there: where nobody says how far a run is, they do. */
const shardsIn = async (place: string): Promise<number> =>
  (await readdir(join(place, 'shards')).catch(() => [])).filter((name) => name.endsWith('.json')).length;

type Read = { readonly time: number; readonly index?: { readonly samples: number; readonly failed: number } };
const known = new Map<string, Read>();

/** An index never changes once it is there, and may be of many megabytes: it is read once. */
const readIndex = async (path: string): Promise<Read['index']> => {
  const time = (await stat(path).catch(() => undefined))?.mtimeMs;
  if (time === undefined) return undefined;
  if (known.get(path)?.time !== time) {
    const index = await readAs(indexSchema, path);
    known.set(path, { time, ...(index ? { index: { samples: index.samples, failed: index.failed.length } } : {}) });
  }
  return known.get(path)?.index;
};

const readAs = async <T>(schema: v.GenericSchema<unknown, T>, path: string): Promise<T | undefined> => {
  try {
    const { success, output } = v.safeParse(schema, JSON.parse(await readFile(path, 'utf8')));
    return success ? (output as T) : undefined;
  } catch {
    return undefined; // it is not there, or not JSON
  }
};
