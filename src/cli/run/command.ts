import type { Command } from 'commander';
import { describeBackend } from '../../node/backend.ts';
import { openData } from '../../node/runs/openData.ts';
import type { RunPlan } from '../../node/runs/plan.ts';
import { planRun } from '../../node/runs/planRun.ts';
import { namingClasses } from '../../node/tuning/heldOut.ts';
import { checkWayPrompt, type Way } from '../../node/tuning/way.ts';
import { DATA_ARGUMENT } from '../commonOptions.ts';
import { foldersOf } from '../foldersOption.ts';
import { interruptible } from '../interrupt.ts';
import { describeEngine, openAsked } from '../openAsked.ts';
import { skippedText } from '../skippedText.ts';
import type { Streams } from '../streams.ts';
import { readAsked } from './asked.ts';
import { describeRunCost, estimateRun } from './estimate.ts';
import { registerFleetCommands } from './fleet.ts';
import { makeQueued } from './makeQueued.ts';
import { makeRun } from './makeRun.ts';
import { addRunOptions, type RunCommand } from './options.ts';
import { checkPlace } from './place.ts';
import { openQueued, type Queued } from './queued.ts';
import type { OpenPlace, Running } from './running.ts';

/** `boomerang run`: variants of a data set as files, which survives whatever ends it. */
export const registerRun = (program: Command, streams: Streams): void => {
  const command = program
    .command('run')
    .description(
      'make variants of all images of a data set into files; the same command goes on after whatever ended it',
    )
    .argument(...DATA_ARGUMENT);
  addRunOptions(command).action(async (data: string, options: RunCommand) => {
    checkGiven(command, ['out', 'model', 'strength']);
    const queued = await openQueued(options);
    await run(data, { options, queued }, streams).finally(() => queued?.fleet.close());
  });
  registerFleetCommands(command, streams);
};

/** As commander's own options that must be there, but those of commands below this one, too, would have to have them. */
const checkGiven = (command: Command, names: readonly (keyof RunCommand)[]): void => {
  const given = command.opts<RunCommand>();
  for (const name of names) {
    const flags = command.options.find((one) => one.attributeName() === name)?.flags;
    if (given[name] === undefined) command.error(`error: required option '${flags}' not specified`);
  }
};

type Said = { readonly options: RunCommand; readonly queued: Queued | undefined };

const run = async (data: string, { options, queued }: Said, streams: Streams): Promise<void> => {
  const { stdout, stderr } = streams;
  const asked = readAsked(options);
  await checkPlace(options.out, { isReadOnly: options.dryRun ?? false });
  const opened = await openData({ data, part: asked.dataPart, ...foldersOf(options) });
  const { skipped = [], notes = [] } = opened.source;
  stderr.write(skippedText({ skipped, notes }));
  const { model, backend } = await openAsked(options.model, options, stderr);
  try {
    const place = { data, opened };
    const way = wayOf(place, { asked, model });
    const plan = await planOf(place, { asked, model, way });
    stderr.write(`${describeBackend(backend)}, ${describeEngine(model)}\n`);
    const running = { options, asked, plan, way, place, model };
    await interruptible(async (signal) => {
      if (queued && !options.dryRun) return makeQueued({ ...running, signal }, queued, streams);
      if (!options.dryRun) return makeRun({ ...running, signal }, streams);
      const cost = await estimateRun({ ...running, signal });
      stdout.write(options.json ? `${JSON.stringify(cost, undefined, 2)}\n` : describeRunCost(cost));
    });
  } finally {
    model.dispose();
  }
};

/** @throws ArgumentError `bad-prompt` */
const wayOf = ({ opened }: OpenPlace, { asked, model }: Pick<Running, 'asked' | 'model'>): Way => {
  const { classes } = opened.facts;
  const way = namingClasses(asked.way, classes === undefined ? {} : { classes }, model);
  checkWayPrompt(model, way, classes !== undefined);
  return way;
};

const planOf = (
  place: OpenPlace,
  { asked, model, way }: Pick<Running, 'asked' | 'model' | 'way'>,
): Promise<RunPlan> => {
  const { strength, augment, variants, format, keep, shardImages, originals } = asked;
  return planRun({
    ...{ ...place, model, variants, originals, format, shardImages },
    augment: { ...augment, ...way, strength },
    ...(keep ? { keep } : {}),
  });
};
