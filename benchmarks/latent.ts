import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import type { Benchmark, Setting } from './benchmark.ts';
import { withScratch } from './checkpoints.ts';
import type { Figure } from './figure.ts';
import { type Answer, latentFigures, type Measured } from './latentFigures.ts';
import { LATENT_SHAPES, writeLatentShape } from './latentShapes.ts';
import { type Peer, startPeer } from './peer.ts';

const roundsOf = ({ quick }: Pick<Setting, 'quick'>): number => (quick ? 1 : 3);

/** What a process says first: what it can do. */
type Ours = Answer & { readonly work: readonly string[]; readonly size: number };
type Torch = { readonly work: readonly string[]; readonly version: string; readonly orders: object };

/** A pipeline on disk, and how to open it. */
type Case = {
  readonly model: string;
  readonly folder: string;
  readonly engine: 'onnx' | 'tfjs';
  /** By default its own. */
  readonly size: number | undefined;
  readonly threads: number;
  /** Whether PyTorch is beside it: not for half precision, which both would widen. */
  readonly python: string | undefined;
};

export const latent: Benchmark = {
  about: 'how long do models of latents take to open, for a step and for a variant, beside PyTorch?',
  seconds: (setting) => 60 + Object.keys(LATENT_SHAPES).length * (90 + 45 * roundsOf(setting)),
  run: (setting) =>
    withScratch(async function* (scratch) {
      const { model, engine = 'onnx', threads = availableParallelism() } = setting;
      for (const name of model === undefined ? Object.keys(LATENT_SHAPES) : [model]) {
        const shape = LATENT_SHAPES[name];
        const folder = shape ? await writeLatentShape(join(scratch, name), shape) : name;
        const python = shape?.stored === 'F16' ? undefined : setting.python;
        for (const size of setting.sizes ?? [shape ? 256 : undefined]) {
          setting.say(`${name} at ${size ?? 'its own size'}`);
          yield* measure({ model: basename(name), folder, engine, size, threads, python }, scratch, setting);
        }
        if (shape) await rm(folder, { recursive: true }); // they are large
      }
    }),
};

async function* measure(subject: Case, scratch: string, setting: Setting): AsyncGenerator<Figure> {
  const cache = join(scratch, 'cache');
  const { ready: cold, end } = await openOurs(subject, cache);
  await end();
  const ours = await openOurs(subject, cache);
  const { model, engine, threads, python } = subject;
  const { ready: warm } = ours;
  const peers: Peer<unknown, Answer>[] = [ours];
  try {
    await rm(cache, { recursive: true, force: true }); // what is open stays open
    const theirs = python === undefined ? undefined : await openTorch(subject, python, warm.size);
    if (theirs) peers.push(theirs);
    if (theirs) setting.say(`PyTorch ${theirs.ready.version}: ${JSON.stringify(theirs.ready.orders)}`);
    const first = await ours.ask('next variant');
    const times = await inTurns(ours, theirs, roundsOf(setting));
    const { peak } = await ours.ask('nothing');
    const measured = { cold, warm, first, times, peak, torch: theirs?.ready.version };
    yield* latentFigures({ subject: { model, engine, size: warm.size, threads }, ...measured });
  } finally {
    await Promise.all(peers.map((peer) => peer.end()));
  }
}

const openOurs = ({ folder, engine, size, threads }: Case, cache: string): Promise<Peer<Ours, Answer>> => {
  const script = join(import.meta.dirname, 'latentProcess.ts');
  const options = { engine, threads: engine === 'onnx' ? threads : undefined, imageSize: size };
  const args = ['--import', 'tsx', script, folder, JSON.stringify(options)]; // absent ones are left out
  return startPeer(process.execPath, args, { ...process.env, XDG_CACHE_HOME: cache, LOCALAPPDATA: cache });
};

const openTorch = ({ folder, threads }: Case, python: string, size: number): Promise<Peer<Torch, Answer>> =>
  startPeer(python, [join(import.meta.dirname, 'latent.py'), folder, String(size), String(threads)]);

/** Every piece of work, here and there in turns; once more before, to warm up. */
const inTurns = async (
  ours: Peer<Ours, Answer>,
  theirs: Peer<Torch, Answer> | undefined,
  rounds: number,
): Promise<Measured['times']> => {
  const { work } = ours.ready;
  const times = Object.fromEntries(work.map((name) => [name, { ours: [] as Answer[], theirs: [] as Answer[] }]));
  for (const name of work) if (!name.startsWith('next')) await ours.ask(name);
  for (const name of theirs?.ready.work ?? []) await theirs?.ask(name);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, took] of Object.entries(times)) {
      const turns = [
        async () => took.ours.push(await ours.ask(name)),
        async () => theirs?.ready.work.includes(name) && took.theirs.push(await theirs.ask(name)),
      ];
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
    }
  }
  return times;
};
