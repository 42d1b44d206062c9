import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Benchmark, Setting } from './benchmark.ts';
import { FASHION, withScratch, writeCifar } from './checkpoints.ts';
import type { Figure } from './figure.ts';
import { findLanes } from './lanes.ts';
import { summarise } from './statistics.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const WANTED = { most: 1500 };

const roundsOf = ({ quick }: Pick<Setting, 'quick'>): number => (quick ? 2 : 7);

export const start: Benchmark = {
  about: 'how long from nothing to the first variant, for the first time and later?',
  seconds: (setting) => 30 + 2 * 2 * roundsOf(setting) * 2 * 3, // networks, engines, rounds, cold and warm
  run: (setting) =>
    withScratch(async function* (scratch) {
      await compile();
      const engines = [...new Set((await findLanes()).lanes.map(({ engine }) => engine))];
      const models = { fashion: FASHION, cifar: await writeCifar(join(scratch, 'cifar')) };
      for (const [network, folder] of Object.entries(models)) {
        for (const engine of engines) yield* measureStart({ network, folder, engine, scratch }, setting);
      }
    }),
};

type Start = {
  readonly network: string;
  readonly folder: string;
  readonly engine: string;
  readonly scratch: string;
};

/** Cold is a copy of the model and an empty cache folder; warm is the same once more. */
async function* measureStart({ network, folder, engine, scratch }: Start, setting: Setting): AsyncGenerator<Figure> {
  const times: Record<'cold' | 'warm', Moments[]> = { cold: [], warm: [] };
  for (let round = 0; round < roundsOf(setting); round += 1) {
    const fresh = join(scratch, `${network}-${engine}-${round}`);
    await cp(folder, fresh, { recursive: true });
    const env = { ...process.env, XDG_CACHE_HOME: join(fresh, 'cache'), LOCALAPPDATA: join(fresh, 'cache') };
    for (const kind of ['cold', 'warm'] as const) times[kind].push(await firstVariant(fresh, engine, env));
  }
  for (const [kind, moments] of Object.entries(times)) {
    const common = { bench: 'start', engine, at: { network, engine, start: kind }, unit: 'ms' };
    const wanted = kind === 'warm' && engine === 'onnx' ? { wanted: WANTED } : {};
    yield { ...common, what: 'processor time', ...summarise(moments.map(({ processor }) => processor)) };
    yield { ...common, what: 'imported', ...summarise(moments.map(({ imported }) => imported)) };
    yield { ...common, what: 'loaded', ...summarise(moments.map(({ loaded }) => loaded)) };
    yield { ...common, what: 'first variant', ...summarise(moments.map(({ first }) => first)), ...wanted };
  }
}

/** ms since the process began, and of the processor, which other work on the machine hardly changes. */
type Moments = { readonly engine: string } & Readonly<Record<'imported' | 'loaded' | 'first' | 'processor', number>>;

const firstVariant = async (folder: string, engine: string, env: NodeJS.ProcessEnv): Promise<Moments> => {
  const script = join(import.meta.dirname, 'firstVariant.js');
  const { stdout } = await run(process.execPath, [script, folder, engine], { env });
  const moments = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Moments;
  if (moments.engine === engine) return moments;
  throw new Error(`asked for ${engine}, ${moments.engine} answered`);
};

/** What users import is JavaScript; types are checked elsewhere. */
const compile = (): Promise<unknown> =>
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--noCheck'], {
    cwd: root,
  });
