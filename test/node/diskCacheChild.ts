import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { expect } from 'chai';
import type { LatentCache } from '../../src/caches/cache.ts';

export type Writing = {
  readonly folder: string;
  readonly name: string;
  readonly records: number;
  readonly maxBytes: number;
  /** A line of bash before the writer is started, such as a limit. */
  readonly prelude?: string;
};

/** A writer in a process of its own, and what it has said so far. */
export type Writer = {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** How many records it has acknowledged. */
  acknowledged(): number;
  stderr(): string;
  /** Its figures, once it has ended. */
  lastLine(): string;
  /** Settles once so many records are acknowledged, or with the end of the process. */
  reached(records: number): Promise<void>;
  ended: Promise<number | null>;
};

const SCRIPT = join(import.meta.dirname, 'diskCacheWriter.ts');

export const startWriter = ({ folder, name, records, maxBytes, prelude }: Writing): Writer => {
  const argv = [process.execPath, '--import', 'tsx', SCRIPT, folder, name, String(records), String(maxBytes)];
  const [command = '', ...args] = prelude ? ['bash', '-c', `${prelude}; exec "$@"`, 'bash', ...argv] : argv;
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdin.on('error', () => undefined); // of a process that was killed
  child.stderr.on('data', (text) => {
    said.stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const acknowledged = (): number => (said.stdout.match(/^\d+\n/gm) ?? []).length;
  const waiting = new Set<{ readonly records: number; readonly resolve: () => void }>();
  const look = (): void => {
    const done = acknowledged();
    for (const one of waiting) if (done >= one.records) one.resolve();
  };
  child.stdout.on('data', (text) => {
    said.stdout += text;
    look();
  });
  return {
    child,
    acknowledged,
    stderr: () => said.stderr,
    lastLine: () => said.stdout.trim().split('\n').at(-1) ?? '',
    reached: (count) =>
      Promise.race([
        ended.then(() => undefined),
        new Promise<void>((resolve) => {
          waiting.add({ records: count, resolve });
          look();
        }),
      ]),
    ended,
  };
};

/** Record `n` of a writer, if it is right. */
export const expectRecord = (cache: LatentCache, name: string, n: number): void => {
  const latent = cache.get(`${name}-${n}`);
  expect(latent, `record ${n} of ${name}`).to.have.lengthOf(100 + (n % 900));
  expect(latent?.every((value) => value === n)).to.equal(true);
};
