/**
 * Measures the package: `npm run bench -- [NAMES…] [options]`; see README.md beside this file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { ArgumentError, BoomerangError, isCount, pick } from '../src/errors.ts';
import { compareWith } from './against.ts';
import { BENCHES } from './benches.ts';
import type { Setting } from './benchmark.ts';
import type { Figure } from './figure.ts';
import { LATENT_SHAPES } from './latentShapes.ts';
import { circumstances, type Entry, mergeEntries, readEntries } from './record.ts';
import { asText, tablesOf, withTables } from './report.ts';
import { readSetting, type SettingOptions } from './setting.ts';
import { solverPicture } from './solverPicture.ts';

type Options = SettingOptions & {
  readonly dryRun?: boolean;
  readonly json?: string;
  readonly readme?: boolean;
  readonly against?: string;
  readonly rounds: string;
};

const RESULTS = join(import.meta.dirname, 'results.jsonl');
const README = join(import.meta.dirname, 'README.md');
const PICTURE = join(import.meta.dirname, 'solvers.svg');

const say = (line: string): void => console.error(line);

const main = async (names: readonly string[], options: Options): Promise<void> => {
  for (const name of names) pick(BENCHES, name, 'benchmark');
  const chosen = names.length > 0 ? names : Object.keys(BENCHES);
  const setting: Setting = { ...readSetting(options), say };
  if (options.dryRun) return estimate(chosen, setting);
  if (options.against !== undefined) return compare(chosen, options, options.against);
  const entries = await take(chosen, setting);
  console.log(
    `\n${tablesOf(entries, ({ bench, table }) => [bench, table].filter(Boolean).join(': '))
      .map(asText)
      .join('\n')}`,
  );
  const path = options.json ?? (options.readme ? RESULTS : undefined);
  if (path !== undefined) mergeEntries(path, entries);
  if (options.readme) await publish(readEntries(path ?? RESULTS));
};

const estimate = (names: readonly string[], setting: Setting): void => {
  const seconds = names.map((name) => BENCHES[name]?.seconds(setting) ?? 0);
  for (const [n, name] of names.entries()) {
    console.log(`${name.padEnd(8)}  about ${minutes(seconds[n] ?? 0)}  ${BENCHES[name]?.about}`);
  }
  console.log(`${'all'.padEnd(8)}  about ${minutes(seconds.reduce((sum, each) => sum + each, 0))}`);
};

const minutes = (seconds: number): string => `${(seconds / 60).toFixed(1).padStart(5)} min`;

/** Takes figures one after another, and prints each as a line of JSON as soon as it is there. */
const take = async (names: readonly string[], setting: Setting): Promise<Entry[]> => {
  const entries: Entry[] = [];
  for (const name of names) {
    say(`${name}: ${BENCHES[name]?.about}`);
    for await (const figure of BENCHES[name]?.run(setting) ?? []) {
      const entry = { ...figure, ...circumstances(setting.quick) };
      console.log(JSON.stringify(entry));
      entries.push(entry);
    }
  }
  return entries;
};

/** Rewrites the tables of README.md and the picture beside it from entries. */
const publish = async (entries: readonly Entry[]): Promise<void> => {
  writeFileSync(README, withTables(readFileSync(README, 'utf8'), entries));
  const ofSolvers = entries.filter(({ bench }) => bench === 'solvers');
  if (ofSolvers.length > 0) writeFileSync(PICTURE, `${await solverPicture(ofSolvers)}\n`);
};

const compare = async (names: readonly string[], { quick, data, rounds }: Options, other: string): Promise<void> => {
  if (!isCount(Number(rounds))) {
    throw new ArgumentError('bad-rounds', `rounds must be a whole number of at least 1, got ${rounds}`);
  }
  const args = [...names, ...(quick ? ['--quick'] : []), ...(data === undefined ? [] : ['--data', data])];
  const figures: Figure[] = await compareWith({ other, args, rounds: Number(rounds), say });
  console.log(`this tree / ${other}\n`);
  console.log(tablesOf(figures).map(asText).join('\n'));
};

const command = new Command('bench')
  .argument('[names...]', `benchmarks to run, all by default: ${Object.keys(BENCHES).join(', ')}`)
  .option('--quick', 'fewer and shorter runs: to see that it works, not to publish')
  .option('--dry-run', 'say what would run and about how long it would take')
  .option(
    '--json <file>',
    'write the figures as JSON lines, in place of those that the file has from the same benchmarks',
  )
  .option('--readme', 'rewrite the tables of benchmarks/README.md and the picture from the figures')
  .option('--against <other>', 'compare with another commit or checkout, in fresh processes, in turns')
  .option('--rounds <count>', 'how often each side runs in a comparison', '3')
  .option('--data <folder>', 'IDX files of Fashion-MNIST; by default $BOOMERANG_DATA')
  .option('--python <path>', 'a Python with torch and diffusers, to compare training and models of latents with')
  .option('--model <name>', `for latent: ${Object.keys(LATENT_SHAPES).join(', ')}, or a folder; by default all shapes`)
  .option('--peers <folder>', 'for enhance: where @upscalerjs/esrgan-slim, -medium, nsfwjs and pica are installed')
  .option('--size <sizes>', 'for latent: sizes of images, as in 256,512')
  .option('--engine <name>', 'for latent: onnx or tfjs')
  .option('--threads <count>', 'for latent: threads of a network; one on a machine that is busy otherwise')
  .action(main);

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof BoomerangError)) throw error;
  say(`error ${error.code}: ${error.message}`);
  process.exitCode = 2;
}
