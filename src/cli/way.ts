import type { Command } from 'commander';
import { ArgumentError } from '../errors.ts';
import type { Way } from '../node/tuning/way.ts';
import { SOLVERS } from '../solvers/index.ts';
import { toCount, toNumber } from './numbers.ts';

/** Of commands that throw images and return them. */
export type WayOptions = {
  readonly steps?: string;
  readonly solver?: string;
  readonly eta?: string;
  readonly prompt?: string;
  readonly negativePrompt?: string;
  readonly guidance?: string;
  readonly seed: string;
};

export const addWayOptions = (command: Command): Command =>
  addMannerOptions(command).option('--seed <text>', 'decides every random number', '0');

/** The same without a seed, for whoever draws it. */
export const addMannerOptions = (command: Command): Command =>
  command
    .option(
      '--steps <count>',
      'denoising steps, all run at every strength (default: 7 of dpm++2m or unipc, 6 of power2m, 4 of lcm, else 10)',
    )
    .option(
      '--solver <name>',
      `what walks the steps: ${Object.keys(SOLVERS).join(', ')} (default: dpm++2m, lcm for models distilled to it, ddim with --eta)`,
    )
    .option('--eta <share>', 'share of fresh noise in every step, for the solvers that draw')
    .option('--prompt <text>', 'what the images show, for models with text; {class} stands for the name of their class')
    .option('--negative-prompt <text>', 'what images are led away from, for models with text, with --guidance')
    .option(
      '--guidance <number>',
      'how strongly images are led to their prompt or class; above 1 each step asks the network twice (default: 1, 8.5 for latent consistency models)',
    );

/** @throws ArgumentError `bad-steps`, `bad-eta`, `bad-guidance` */
export const readWay = ({ steps, solver, eta, prompt, negativePrompt, guidance }: Omit<WayOptions, 'seed'>): Way => ({
  ...(steps === undefined ? {} : { steps: toSteps(steps) }),
  ...(solver === undefined ? {} : { solver }),
  ...(eta === undefined ? {} : { eta: toNumber(eta, 'eta') }),
  ...(prompt === undefined ? {} : { prompt }),
  ...(negativePrompt === undefined ? {} : { negativePrompt }),
  ...(guidance === undefined ? {} : { guidance: toNumber(guidance, 'guidance') }),
});

/** Far more than the grids of any schedule have use for. */
const MOST_STEPS = 10_000;

const toSteps = (text: string): number => {
  const steps = toCount(text, 'steps');
  if (steps <= MOST_STEPS) return steps;
  throw new ArgumentError('bad-steps', `steps must be at most ${MOST_STEPS}, got ${text}; 10 is a good start`);
};

/** What was said of the images, where anything was. */
export const toldOf = ({
  prompt,
  negativePrompt,
  guidance,
}: Way): Pick<Way, 'prompt' | 'negativePrompt' | 'guidance'> => ({
  ...(prompt === undefined ? {} : { prompt }),
  ...(negativePrompt === undefined ? {} : { negativePrompt }),
  ...(guidance === undefined ? {} : { guidance }),
});

/** The same for people, each part after a comma. */
export const toldText = ({ prompt, negativePrompt, guidance }: Way): string =>
  [
    ...(prompt ? [`"${prompt}"`] : []),
    ...(negativePrompt ? [`not "${negativePrompt}"`] : []),
    ...(guidance === undefined ? [] : [`guidance ${guidance}`]),
  ]
    .map((part) => `, ${part}`)
    .join('');
