import type { Command } from 'commander';
import { ArgumentError } from '../errors.ts';
import type { ReturnOptions } from '../returns/returnOptions.ts';
import { SOLVERS } from '../solvers/index.ts';
import { FOLDERS_TEXT } from './foldersOption.ts';
import { toCount, toNumber } from './numbers.ts';

/** Of commands that open a model. */
export type ModelOptions = { readonly revision: string; readonly engine: string; readonly backend: string };

export const addModelOptions = (command: Command): Command =>
  command
    .option('--revision <name>', 'branch, tag or commit of a model on the hub', 'main')
    .option('--engine <name>', 'what runs the network: auto, onnx or tfjs', 'auto')
    .option('--backend <name>', 'auto, tfjs-node-gpu, tfjs-node, wasm or cpu', 'auto');

/** Of commands that throw images and return them. */
export type WayOptions = {
  readonly steps?: string;
  readonly solver?: string;
  readonly eta?: string;
  readonly seed: string;
};

export const addWayOptions = (command: Command): Command =>
  command
    .option(
      '--steps <count>',
      'denoising steps, all run at every strength (default: 7 of dpm++2m or unipc, 4 of lcm, else 10)',
    )
    .option(
      '--solver <name>',
      `what walks the steps: ${Object.keys(SOLVERS).join(', ')} (default: dpm++2m, lcm for models distilled to it, ddim with --eta)`,
    )
    .option('--eta <share>', 'share of fresh noise in every step, for the solvers that draw')
    .option('--seed <text>', 'decides every random number', '0');

/** How images return. The solver and its options are checked where a return is planned. */
export type Way = Pick<ReturnOptions, 'steps' | 'solver' | 'eta'>;

/** @throws ArgumentError `bad-steps`, `bad-eta` */
export const readWay = ({ steps, solver, eta }: WayOptions): Way => ({
  ...(steps === undefined ? {} : { steps: toSteps(steps) }),
  ...(solver === undefined ? {} : { solver }),
  ...(eta === undefined ? {} : { eta: toNumber(eta, 'eta') }),
});

/** Far more than the grids of any schedule have use for. */
const MOST_STEPS = 10_000;

const toSteps = (text: string): number => {
  const steps = toCount(text, 'steps');
  if (steps <= MOST_STEPS) return steps;
  throw new ArgumentError('bad-steps', `steps must be at most ${MOST_STEPS}, got ${text}; 10 is a good start`);
};

/** Of commands that read a data set. */
export const DATA_ARGUMENT = [
  '<data>',
  'IDX or binary CIFAR files, a folder of images, or a tar, tar.gz or zip of images',
] as const;

export const addFitOption = (command: Command): Command =>
  command.option('--fit <way>', 'for images of another size: exact refuses, pad, or resize and crop', 'exact');

export const addFoldersOption = (command: Command): Command => command.option('--folders <what>', FOLDERS_TEXT);

/** Of commands that measure. */
export const addReportOptions = (command: Command): Command =>
  command
    .option('--json', 'print the figures as JSON')
    .option('--dry-run', 'say what it would take in time and memory, and write nothing');
