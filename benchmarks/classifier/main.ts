/**
 * Does it help a classifier, when, and at what price: `npm run benchmark:classifier -- --data DIR [options]`.
 */
import { join } from 'node:path';
import { Command } from 'commander';
import { BoomerangError, checkWritable, describeBackend, writeWhole } from 'tfjs-boomerang';
import { ARMS } from './arms.ts';
import { describeEstimate, estimate } from './estimate.ts';
import { type OpenBench, openBench } from './openBench.ts';
import { flagOf, NUMBERS, type Options, type Plan, readPlan } from './options.ts';
import { reportHtml, summaryPicture, summaryTable } from './report.ts';
import { appendRun, countOthers, readRuns } from './runs.ts';
import { DEFAULTS } from './settings.ts';
import { describeStudy } from './study.ts';
import type { RunName } from './worker.ts';
import { trainAll } from './workers.ts';

const main = async (options: Options): Promise<void> => {
  const plan = readPlan(options);
  const { place, runs } = plan;
  await checkWritable(join(place.out, 'runs.jsonl'));
  const bench = await openBench(place);
  say(describeBackend(bench.backend));
  const open = runs.filter(isOpen(join(place.out, 'runs.jsonl'), bench.digest));
  say(`study ${bench.digest}: ${runs.length - open.length} of ${runs.length} runs are done`);
  const others = countOthers(join(place.out, 'runs.jsonl'), bench.digest);
  if (others > 0) {
    say(
      `${others} runs in ${place.out} are of other settings, data or models, and left alone; repeat all options to go on with them, and for arms on strong augmentation one of these`,
    );
  }
  if (options.dryRun) return say(describeEstimate(await estimate(plan, open, bench.train.classes?.length ?? 0)));
  await train(plan, bench.digest, open);
  await publish(plan, bench);
};

const isOpen = (path: string, study: string): ((run: RunName) => boolean) => {
  const done = new Set(readRuns(path, study).map(nameOf));
  return (run) => !done.has(nameOf(run));
};

const nameOf = ({ arm, labels, seed }: RunName): string => `${arm}, ${labels} labels a class, seed ${seed}`;

const train = async ({ place, jobs, minutes }: Plan, study: string, runs: readonly RunName[]): Promise<void> => {
  const start = Date.now();
  const passed = (): number => (Date.now() - start) / 60_000;
  let done = 0;
  await trainAll(runs, {
    place,
    jobs,
    goesOn: () => passed() < minutes,
    onTrained(run, trained) {
      appendRun(join(place.out, 'runs.jsonl'), { study, ...run, ...trained, finished: new Date().toISOString() });
      done += 1;
      const left = Math.min((passed() / done) * (runs.length - done), minutes - passed());
      const accuracy = `${(trained.validation * 100).toFixed(1)} % of validation images`;
      say(`${done}/${runs.length}  ${nameOf(run)}: ${accuracy}; about ${Math.ceil(Math.max(0, left))} min left`);
    },
  });
  if (done < runs.length) say(`${runs.length - done} runs are still to be done; the same command goes on with them`);
};

/** Writes what is there into study.json and report.html, and prints the table. */
const publish = async ({ place, asked }: Plan, bench: OpenBench): Promise<void> => {
  const runs = readRuns(join(place.out, 'runs.jsonl'), bench.digest);
  if (runs.length === 0) return say('there is no run to report yet');
  const study = await describeStudy(bench, { part: { command: commandLine(), ...asked }, out: place.out });
  const write = (name: string, text: string) => writeWhole(join(place.out, name), new TextEncoder().encode(text));
  await write('study.json', `${JSON.stringify(study, undefined, 2)}\n`);
  await write('accuracy.svg', await summaryPicture(runs));
  await write('report.html', await reportHtml(study, runs));
  console.log(summaryTable(runs));
  say(`wrote ${join(place.out, 'report.html')}`);
};

/** What was typed, without the place of the data, which is another one elsewhere. */
const commandLine = (): string => {
  const args = process.argv.slice(2).map((arg, n, all) => (all[n - 1] === '--data' ? 'DIR' : arg));
  return ['npm run benchmark:classifier --', ...args].join(' ');
};

const say = (line: string): void => console.error(line);

const program = new Command('benchmark:classifier')
  .description('trains the same classifier with and without Boomerang, at several label counts and seeds')
  .option(
    '--data <place>',
    'images with labels: IDX or CIFAR files, or folders (default: $BOOMERANG_DATA or a download)',
  )
  .option('--model <place>', 'diffusion model', join(import.meta.dirname, '../../models/fashion-28'))
  .option('--labels <list>', 'labelled images per class', '10,20,50,100,500')
  .option('--arms <list>', `main, all, or some of: ${Object.keys(ARMS).join(', ')}`, 'main')
  .option('--seeds <count>', 'repetitions, each with labels and weights of its own', '5')
  .option('--first-seed <number>', 'the first of them', '0')
  .option('--minutes <number>', 'start nothing more after so long; the same command goes on')
  .option('--jobs <count>', 'trainings side by side (default: one for each core)')
  .option('--backend <name>', 'auto, tfjs-node-gpu, tfjs-node, wasm or cpu', 'auto')
  .option('--on <images>', 'what accuracy is told of: validation images while settings are chosen; test images', 'test')
  .option('--out <folder>', 'for runs.jsonl, study.json, report.html and the bank', 'benchmark')
  .option('--dry-run', 'say how long it would take, and train nothing')
  .showHelpAfterError('(see --help)');
for (const [name, { about, rule }] of Object.entries(NUMBERS)) {
  const shown = DEFAULTS[name as keyof typeof NUMBERS] ?? 'all';
  program.option(`--${flagOf(name)} <number>`, `${about}: ${rule} (default: ${shown})`);
}

try {
  await main(program.parse().opts<Options>());
  process.exit(); // sessions and caches need no longer wait
} catch (error) {
  if (!(error instanceof BoomerangError)) throw error;
  say(error.message);
  process.exit(2);
}
