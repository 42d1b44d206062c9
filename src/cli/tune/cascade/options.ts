import type { Command } from 'commander';
import type { CascadeGoal } from '../../../apps/enhance/cascades/options.ts';
import { ArgumentError, pick } from '../../../errors.ts';
import { type Fit, toFit } from '../../../node/data/fitImage.ts';
import type { Folders } from '../../../node/data/parts.ts';
import type { Way } from '../../../node/tuning/way.ts';
import { foldersOf } from '../../foldersOption.ts';
import { toCount, toNumber } from '../../numbers.ts';
import type { ModelOptions } from '../../openAsked.ts';
import { readWay, type WayOptions } from '../../way.ts';

/** What the command line says, as text. */
export type CascadeTuneOptions = ModelOptions &
  WayOptions & {
    readonly model: string;
    readonly fit: string;
    readonly folders?: string;
    readonly images?: string;
    readonly factor?: string;
    readonly degrade: string;
    readonly noise: string;
    readonly for: string;
    readonly samples?: string;
    readonly evaluations: string;
    readonly out: string;
    readonly json?: boolean;
    readonly dryRun?: boolean;
  };

export const addCascadeOptions = (command: Command): Command =>
  command
    .option('--factor <count>', 'for enhance: how many times larger pictures are to become')
    .option('--degrade <name>', 'for enhance: how they were made small: bicubic, bicubic-matlab or mean', 'bicubic')
    .option('--noise <number>', 'for enhance: standard deviation of the noise in them, of 255', '0')
    .option(
      '--for <goal>',
      'for enhance: fidelity, how near the mean of some results is to the truth, or looks, how alike the edges of one are',
      'fidelity',
    )
    .option('--samples <count>', 'for enhance: of how many results the mean is taken (default: 4; for looks 1)')
    .option('--evaluations <count>', 'for enhance: network calls that one result may take, at most', '20');

/** How cascades are compared. */
export type CascadeTuning = {
  readonly images: number;
  readonly fit: Fit;
  readonly folders?: Folders;
  readonly factor: number;
  readonly degrade: string;
  /** Standard deviation, of 255. */
  readonly noise: number;
  readonly goal: CascadeGoal;
  readonly samples: number;
  /** Of a result, at most. */
  readonly evaluations: number;
  readonly way: Omit<Way, 'steps' | 'classes'>;
  readonly seed: string;
};

const SAMPLES: Readonly<Record<CascadeGoal, string>> = { fidelity: '4', looks: '1' };

/** @throws ArgumentError `bad-factor`, `bad-images`, `bad-noise`, `unknown-goal`, `bad-samples`, `bad-evaluations`, and those of `readWay`. */
export const readCascadeTuning = (options: CascadeTuneOptions): CascadeTuning => {
  if (options.factor === undefined) {
    throw new ArgumentError('bad-factor', 'say how many times larger pictures are to become: --factor 4');
  }
  const goal = options.for as CascadeGoal;
  const samples = options.samples ?? pick(SAMPLES, goal, 'goal');
  const { steps: _, classes: _c, ...way } = readWay(options);
  return {
    images: toCount(options.images ?? '24', 'images', 10),
    fit: toFit(options.fit),
    ...foldersOf(options),
    factor: toCount(options.factor, 'factor'),
    degrade: options.degrade,
    noise: toNumber(options.noise, 'noise'),
    goal,
    samples: toCount(samples, 'samples'),
    evaluations: toCount(options.evaluations, 'evaluations'),
    way,
    seed: options.seed,
  };
};
