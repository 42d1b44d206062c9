import type { Command } from 'commander';
import { KNOWN_MODELS, type KnownModel } from '../node/knownModels.ts';
import { describeBytes } from './numbers.ts';
import type { Streams } from './streams.ts';

/** `boomerang models`: what there is to begin with. */
export const registerModels = (program: Command, { stdout }: Streams): void => {
  program
    .command('models')
    .description('list models to begin with: what they draw, licence, size, cost, and what was checked of them')
    .option('--json', 'print JSON')
    .action(({ json }: { readonly json?: boolean }) => {
      stdout.write(json ? `${JSON.stringify(KNOWN_MODELS, undefined, 2)}\n` : describeModels(KNOWN_MODELS));
    });
};

/** What is behind a word of `checked`. */
const CHECKED: Readonly<Record<KnownModel['checked'], string>> = {
  whole: 'used in every test',
  shape: 'its networks, with random weights; the model itself was never fetched',
};

/** A paragraph for each, and how to check one. */
export const describeModels = (models: readonly KnownModel[]): string =>
  [...models.map(paragraph), HINT].map((part) => `${part}\n`).join('\n');

const paragraph = (model: KnownModel): string => {
  const { place, domain, images, licence, bytes, secondsPerStep, checked, pictures } = model;
  const rows = [
    ['draws', domain],
    ['images', images],
    ['licence', licence],
    ['download', bytes === 0 ? 'none, it comes with the package' : describeBytes(bytes)],
    ['one step', `${secondsPerStep} s an image on two cores`],
    ['checked', CHECKED[checked]],
    ['pictures', pictures],
  ];
  return [place, ...rows.map(([name = '', value]) => `  ${name.padEnd(8)}  ${value}`)].join('\n');
};

const HINT = `Any other model in diffusers' layout with safetensors may do as well. To check one:
  boomerang info MODEL            what it is, and its licence, without running it
  boomerang evaluate MODEL DATA   how well it knows your images, and which labels survive`;
