/**
 * Tries settings on validation images, one training after another in this process; test images are never looked at:
 * `npx tsx benchmarks/classifier/search.ts --data DIR --group strong [options]`. The same command goes on after a stop.
 */
import { join } from 'node:path';
import { Command } from 'commander';
import { BoomerangError, checkWritable } from 'tfjs-boomerang';
import { readSearch, type SearchOptions, type SearchPlan } from './searchOptions.ts';
import { appendTrial, readTrials, trialTables } from './searchRecords.ts';
import { openSearch, type SearchRun } from './searchRuns.ts';
import { TRIALS } from './trials.ts';

const search = async (options: SearchOptions): Promise<void> => {
  const plan = readSearch(options);
  await checkWritable(plan.out);
  const { runs, train } = await openSearch(plan);
  const digests = new Set(runs.map(({ digest }) => digest));
  const done = (): ReturnType<typeof readTrials> => readTrials(plan.out).filter(({ digest }) => digests.has(digest));
  const known = new Set(done().map(({ digest }) => digest));
  const open = runs.filter(({ digest }) => !known.has(digest));
  say(`${runs.length - open.length} of ${runs.length} trainings are done`);
  if (options.dryRun) return say(describeTime(plan, open));
  const end = Date.now() + 60_000 * plan.minutes;
  for (const run of open) {
    if (Date.now() > end) break;
    const record = await train(run);
    appendTrial(plan.out, record);
    const { name, seed, validation, seconds } = record;
    say(`${name}, seed ${seed}: ${(100 * validation).toFixed(1)} %, ${seconds.training.toFixed(0)} s`);
  }
  console.log(trialTables(done()));
};

/** What a step and a variant took on one quiet core of the machine of the study. */
const SECONDS = { step: 0.08, variant: 0.03 };

const describeTime = ({ steps, settings }: SearchPlan, open: readonly SearchRun[]): string => {
  const throws = new Set(open.flatMap(({ variants }) => (variants ? [variants] : [])));
  const variants = [...throws].length * open.reduce((most, { images }) => Math.max(most, images), 0) * settings.bank;
  const seconds = open.length * steps * SECONDS.step + variants * SECONDS.variant;
  return `${open.length} trainings of ${steps} steps and ${variants} variants: about ${Math.ceil(seconds / 60)} min on one quiet core`;
};

const say = (line: string): void => console.error(line);

const program = new Command('search')
  .description('tries settings of the classifier benchmark on validation images, and writes down whatever comes out')
  .option('--data <place>', 'images with labels (default: $BOOMERANG_DATA or a download)')
  .option('--model <place>', 'diffusion model', join(import.meta.dirname, '../../models/fashion-28'))
  .requiredOption('--group <list>', `of trials, some of: ${Object.keys(TRIALS).join(', ')}`)
  .option('--only <text...>', 'trials whose name holds one of these')
  .option('--labels <count>', 'labelled images per class', '20')
  .option('--seeds <list>', 'kept apart from those of studies', '100,101')
  .option('--steps <count>', 'of every training', '1620')
  .option('--minutes <number>', 'start nothing more after so long; the same command goes on')
  .option('--banks <folder>', 'where variants are kept', 'benchmark')
  .option('--out <file>', 'records, a line for each training', join(import.meta.dirname, '../results/search.jsonl'))
  .option('--dry-run', 'say how long it would take, and train nothing')
  .showHelpAfterError('(see --help)');

try {
  await search(program.parse().opts<SearchOptions>());
  process.exit(); // sessions and caches need no longer wait
} catch (error) {
  if (!(error instanceof BoomerangError)) throw error;
  say(error.message);
  process.exit(2);
}
