import { Command, CommanderError } from 'commander';
import { BoomerangError } from '../errors.ts';
import { TOO_MANY_FAILED } from '../node/runs/failures.ts';
import { version } from '../node/version.ts';
import { registerAnonymise } from './anonymise/command.ts';
import { registerCache } from './cache.ts';
import { CheckFailed } from './checkFailed.ts';
import { registerDoctor } from './doctor.ts';
import { registerEnhance } from './enhance/command.ts';
import { registerEvaluate } from './evaluate/command.ts';
import { registerExport } from './export.ts';
import { registerInfo } from './info.ts';
import { Interrupted } from './interrupt.ts';
import { registerModels } from './models.ts';
import { registerRun } from './run/command.ts';
import { registerSample } from './sample/command.ts';
import type { Streams } from './streams.ts';
import { registerStudio } from './studio/command.ts';
import { registerTrain } from './train.ts';
import { registerTune } from './tune/command.ts';
import { registerWorker } from './worker/command.ts';

/**
 * Runs the command line.
 *
 * @param argv what follows the name of the program.
 * @returns the exit status: 0; 2 for what the user can mend, after one line on stderr; 3 for a run of which too many
 * images failed; 1 for anything else.
 */
export const runCli = async (argv: readonly string[], streams: Streams): Promise<number> => {
  try {
    await program(streams).parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    return report(error, streams.stderr);
  }
};

const program = (streams: Streams): Command => {
  const root = new Command('boomerang')
    .description('On-manifold variants of images with pretrained diffusion models')
    .version(version)
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: () => undefined, // reported with a code, like every other error
    });
  registerSample(root, streams);
  registerTune(root, streams);
  registerStudio(root, streams);
  registerTrain(root, streams);
  registerEvaluate(root, streams);
  registerRun(root, streams);
  registerWorker(root, streams);
  registerAnonymise(root, streams);
  registerEnhance(root, streams);
  registerModels(root, streams);
  registerInfo(root, streams);
  registerExport(root, streams);
  registerDoctor(root, streams);
  registerCache(root, streams);
  return root;
};

const report = (error: unknown, stderr: NodeJS.WritableStream): number => {
  if (error instanceof CheckFailed) return 1;
  if (error instanceof Interrupted) {
    if (error.kept) stderr.write(`stopped; ${error.kept}\n`);
    return error.status;
  }
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0; // the help or the version was asked for
    if (error.code !== 'commander.help') stderr.write(`error bad-usage: ${oneLine(error.message)}\n`);
    return 2;
  }
  if (error instanceof BoomerangError) {
    stderr.write(`error ${error.code}: ${oneLine(error.message)}\n`);
    return error.code === TOO_MANY_FAILED ? 3 : 2;
  }
  stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
};

const oneLine = (message: string): string => message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
