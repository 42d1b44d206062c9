import type { Command } from 'commander';
import { clearCache, inspectCache } from '../node/diskCache/inspect.ts';
import { CheckFailed } from './checkFailed.ts';
import type { Streams } from './streams.ts';

type Options = { readonly json?: boolean };
type Figures = Readonly<Record<string, number>>;

/** `boomerang cache`: what a cache on disk holds, whether it is whole, and how to be rid of it. */
export const registerCache = (program: Command, { stdout }: Streams): void => {
  const cache = program.command('cache').description('look after a cache of latents on disk');
  const add = (name: string, description: string, act: (folder: string) => Figures): void => {
    cache
      .command(name)
      .description(description)
      .argument('<folder>', 'folder of a diskCache')
      .option('--json', 'print JSON')
      .action((folder: string, { json }: Options) => {
        const figures = act(folder);
        stdout.write(json ? `${JSON.stringify({ folder, ...figures }, undefined, 2)}\n` : lines(figures));
        if (name === 'verify' && figures['damaged']) throw new CheckFailed();
      });
  };
  add('info', 'count what it holds, without reading it', (folder) => inspectCache(folder, { verify: false }));
  add('verify', 'read all of it; exits with 1 if anything is damaged', (folder) =>
    inspectCache(folder, { verify: true }),
  );
  add('clear', 'delete what it holds, and no other file', clearCache);
};

const lines = (figures: Figures): string => {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  return Object.entries(figures)
    .map(([name, value]) => `${name.padEnd(width)}  ${value}\n`)
    .join('');
};
