import type { Command } from 'commander';
import { type CacheContents, clearCache, inspectCache, inspectSegments } from '../node/diskCache/inspect.ts';
import { checkTagged } from '../node/diskCache/tag.ts';
import { breathe } from '../node/tuning/breathe.ts';
import { CheckFailed } from './checkFailed.ts';
import { interruptible, throwIfStopped } from './interrupt.ts';
import { watch } from './progress.ts';
import type { Streams } from './streams.ts';

type Options = { readonly json?: boolean };
type Figures = Readonly<Record<string, number | boolean>>;

/** `boomerang cache`: what a cache on disk holds, whether it is whole, and how to be rid of it. */
export const registerCache = (program: Command, streams: Streams): void => {
  const cache = program.command('cache').description('look after a cache of latents on disk');
  const add = (
    name: string,
    description: string,
    act: (folder: string, print: Print) => void | Promise<void>,
  ): void => {
    cache
      .command(name)
      .description(description)
      .argument('<folder>', 'folder of a diskCache')
      .option('--json', 'print JSON')
      .action((folder: string, { json }: Options) =>
        act(folder, (figures) => {
          streams.stdout.write(json ? `${JSON.stringify({ folder, ...figures }, undefined, 2)}\n` : lines(figures));
        }),
      );
  };
  add('info', 'count what it holds, without reading it', (folder, print) =>
    print(inspectCache(folder, { verify: false })),
  );
  add('verify', 'read all of it; exits with 1 if anything is damaged', (folder, print) =>
    verify(folder, print, streams),
  );
  add('clear', 'delete what it holds, and no other file', (folder, print) => print(clearCache(folder)));
};

type Print = (figures: Figures) => void;

const verify = (folder: string, print: Print, { stderr }: Streams): Promise<void> =>
  interruptible(async (signal) => {
    checkTagged(folder);
    const { found, share } = await watch(stderr, 'verified', (onProgress) => read(folder, { signal, onProgress }));
    print(signal.aborted ? { ...found, stopped: true } : { ...found });
    const part = `${Math.floor(100 * share)} % of the segments were read, and what is printed is theirs`;
    throwIfStopped(signal, `${part}; the same command reads all of them anew`);
    if (found.damaged > 0) throw new CheckFailed();
  });

type Reading = { readonly signal: AbortSignal; readonly onProgress: (share: number) => void };
type Read = { readonly found: CacheContents; readonly share: number };

/** Reads segment after segment, until all are read or the signal is aborted. */
const read = async (folder: string, { signal, onProgress }: Reading): Promise<Read> => {
  let last: Read = { found: { entries: 0, bytes: 0, segments: 0, damaged: 0 }, share: 0 };
  for (const step of inspectSegments(folder, { verify: true })) {
    last = step;
    onProgress(step.share);
    await breathe(signal).catch(() => undefined); // what was read until now is printed
    if (signal.aborted) return last;
  }
  return { ...last, share: 1 };
};

const lines = (figures: Figures): string => {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  return Object.entries(figures)
    .map(([name, value]) => `${name.padEnd(width)}  ${value}\n`)
    .join('');
};
