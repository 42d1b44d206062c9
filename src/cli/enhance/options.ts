import type { Command } from 'commander';
import type { EnhanceOptions } from '../../apps/enhance/options.ts';
import { ArgumentError } from '../../errors.ts';
import { addReportOptions } from '../commonOptions.ts';
import { toCount, toNumber } from '../numbers.ts';
import { addModelOptions, type ModelOptions } from '../openAsked.ts';
import { addMannerOptions, readWay, type WayOptions } from '../way.ts';
import { toCascade } from './cascadeText.ts';

export type EnhanceCommand = ModelOptions &
  WayOptions & {
    readonly model: string;
    readonly out: string;
    readonly factor?: string;
    readonly mask?: string;
    readonly degrade?: string;
    readonly noise?: string;
    readonly cascade?: string;
    readonly samples: string;
    readonly uncertainty?: boolean;
    readonly original?: string;
    readonly sheet?: string;
    readonly json?: boolean;
    readonly dryRun?: boolean;
  };

export const addEnhanceOptions = (command: Command): Command => {
  command
    .requiredOption('--model <place>', 'folder of a diffusion model of such pictures, or its name on the hub')
    .requiredOption('--out <folder>', 'where the pictures go, each under its name, as PNG')
    .option('--factor <count>', 'how many times higher and wider pictures become')
    .option('--mask <file>', 'instead: a picture that is black where pixels are to be filled, and white elsewhere')
    .option('--degrade <name>', 'how the pictures were made small: bicubic, bicubic-matlab or mean (default: bicubic)')
    .option('--noise <number>', 'standard deviation of the noise in the pictures, of 255')
    .option(
      '--cascade <list>',
      'the throws: 15x0.3..0.05 for 15 of one step, falling from 0.3 to 0.05; or strength x steps, such as 0.3x5,0.2x5',
    )
    .option('--samples <count>', 'the mean of so many results: nearer to the truth, less sharp', '1')
    .option('--uncertainty', 'also write where several samples differ: there the model invents')
    .option('--original <folder>', 'where the true pictures are, under the same names: to measure, and to show')
    .option('--sheet <file>', 'also write a page of what was seen, enlarged plainly, and enhanced')
    .option('--seed <text>', 'decides every random number', '0');
  return addReportOptions(addModelOptions(addMannerOptions(command)));
};

/** @throws ArgumentError `bad-factor`, `bad-noise`, `bad-cascade`, `bad-samples`. */
export const readAsked = (options: EnhanceCommand): EnhanceOptions => {
  const { factor, degrade, noise, cascade, samples, uncertainty, seed } = options;
  const { steps, classes: _, ...way } = readWay(options);
  if (steps !== undefined) {
    throw new ArgumentError(
      'bad-steps',
      'each throw of a cascade has steps of its own; say them there: --cascade 0.3x5',
    );
  }
  const count = toCount(samples, 'samples');
  if (uncertainty && count === 1) {
    throw new ArgumentError(
      'bad-samples',
      'uncertainty is what samples differ by, and 1 is asked for; say --samples 4',
    );
  }
  return {
    ...way,
    seed,
    samples: count,
    ...(factor === undefined ? {} : { factor: toCount(factor, 'factor') }),
    ...(degrade === undefined ? {} : { degrade }),
    ...(noise === undefined ? {} : { noise: toNumber(noise, 'noise') / 255 }),
    ...(cascade === undefined ? {} : { cascade: toCascade(cascade) }),
  };
};
