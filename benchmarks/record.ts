import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg } from 'node:os';
import type { Figure } from './figure.ts';

/** Where and when a figure was taken. */
export type Circumstances = {
  /** The commit, with a `+` behind it where files had been changed since. */
  readonly commit: string;
  /** ISO 8601. */
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly cpu: string;
  readonly cores: number;
  /** Mean number of running processes over the last minute. */
  readonly load: number;
  /** Whether fewer and shorter runs were made. */
  readonly quick: boolean;
};

export type Entry = Figure & Circumstances;

const git = (...args: readonly string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();

const versionOf = (name: string): string => {
  try {
    return (createRequire(import.meta.url)(`${name}/package.json`) as { version: string }).version;
  } catch {
    return 'absent';
  }
};

/** What is true now; take it anew for every figure, since the load changes. */
export const circumstances = (quick: boolean): Circumstances => ({
  commit: git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? '+' : ''),
  date: new Date().toISOString(),
  versions: {
    node: process.versions.node,
    tfjs: versionOf('@tensorflow/tfjs-core'),
    onnxruntime: versionOf('onnxruntime-node'),
  },
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  load: Number(loadavg()[0]?.toFixed(2)),
  quick,
});

/** The entries of a file of JSON lines; none if there is no such file. */
export const readEntries = (path: string): Entry[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];

/** Writes entries as JSON lines. Benchmarks that the file has from another day, and these entries lack, stay. */
export const mergeEntries = (path: string, entries: readonly Entry[]): Entry[] => {
  const taken = new Set(entries.map(({ bench }) => bench));
  const merged = [...readEntries(path).filter(({ bench }) => !taken.has(bench)), ...entries];
  writeFileSync(path, merged.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  return merged;
};
