import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Figure, figureKey } from './figure.ts';
import { type Entry, readEntries } from './record.ts';
import { ratios, summarise } from './statistics.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

export type Comparison = {
  /** The commit to compare with, or the folder of another checkout with what it needs installed. */
  readonly other: string;
  /** Names and flags of the benchmarks, as for the command itself. */
  readonly args: readonly string[];
  readonly rounds: number;
  say(line: string): void;
};

/**
 * Runs benchmarks in this working tree and in another one, each time in a fresh process, in an order that turns from
 * round to round. Of a commit a temporary tree is made, which runs the benchmarks of this one: the package differs, not
 * the ruler. Another checkout is left as it is and runs its own, where the two have grown too far apart for that.
 *
 * @returns for each figure that both have: this tree's over the other's, round by round.
 */
export const compareWith = async ({ other, args, rounds, say }: Comparison): Promise<Figure[]> => {
  const scratch = await mkdtemp(join(tmpdir(), 'boomerang-against-'));
  const isCheckout = existsSync(join(other, 'package.json'));
  const tree = isCheckout ? resolve(other) : join(scratch, 'tree');
  if (!isCheckout) await run('git', ['worktree', 'add', '--detach', tree, other], { cwd: root });
  try {
    if (!isCheckout) await furnish(tree);
    const taken: Record<'here' | 'there', Entry[][]> = { here: [], there: [] };
    for (let round = 0; round < rounds; round += 1) {
      const order = round % 2 === 0 ? (['here', 'there'] as const) : (['there', 'here'] as const);
      for (const side of order) {
        say(`round ${round + 1} of ${rounds}: ${side === 'here' ? 'this tree' : other}`);
        taken[side].push(await takeFigures(side === 'here' ? root : tree, join(scratch, `${side}-${round}`), args));
      }
    }
    return compared(taken.here, taken.there);
  } finally {
    if (!isCheckout) await run('git', ['worktree', 'remove', '--force', tree], { cwd: root });
    await rm(scratch, { recursive: true });
  }
};

/** This tree's benchmarks, and what is installed here if the other tree wants the same. */
const furnish = async (tree: string): Promise<void> => {
  await rm(join(tree, 'benchmarks'), { recursive: true, force: true });
  await cp(join(root, 'benchmarks'), join(tree, 'benchmarks'), { recursive: true });
  const [here, there] = await Promise.all([root, tree].map((at) => readFile(join(at, 'package-lock.json'), 'utf8')));
  if (here === there) await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
  else await run('npm', ['ci'], { cwd: tree });
};

const takeFigures = async (tree: string, file: string, args: readonly string[]): Promise<Entry[]> => {
  const command = ['--import', 'tsx', 'benchmarks/bench.ts', ...args, '--json', file];
  await run(process.execPath, command, { cwd: tree, maxBuffer: 2 ** 26 });
  return readEntries(file);
};

/** Ratios of medians of the same round. Figures that only one side has, or that are 0 on the other, are left out. */
export const compared = (here: readonly (readonly Figure[])[], there: readonly (readonly Figure[])[]): Figure[] => {
  const medians = (rounds: readonly (readonly Figure[])[], figure: Figure): number[] =>
    rounds.flatMap((round) => round.filter((one) => figureKey(one) === figureKey(figure)).map(({ median }) => median));
  return (here[0] ?? []).flatMap((figure): Figure[] => {
    const [ours, theirs] = [medians(here, figure), medians(there, figure)];
    if (ours.length !== theirs.length || theirs.includes(0)) return [];
    const { bench, table = '', engine, at, what, unit } = figure;
    const whole = { bench, table: [bench, table].filter(Boolean).join(': '), engine, at, unit: '' };
    return [{ ...whole, what: unit ? `${what} (${unit})` : what, ...summarise(ratios(ours, theirs)) }];
  });
};
