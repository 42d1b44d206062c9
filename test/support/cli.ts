import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runCli } from '../../src/cli/program.ts';
import { root } from './shared.ts';

export type Ran = { readonly status: number; readonly stdout: string; readonly stderr: string };

/** Runs the command line in this process, and keeps what it says; to a terminal, if `isTTY` says so. */
export const runInProcess = async (argv: readonly string[], { isTTY = false } = {}): Promise<Ran> => {
  const [stdout, stderr] = [listener(), listener()];
  const terminal = Object.assign(stderr.stream, { isTTY });
  const status = await runCli(argv, { stdout: stdout.stream, stderr: terminal });
  return { status, stdout: stdout.said(), stderr: stderr.said() };
};

const listener = () => {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  return { stream, said: () => text };
};

export type RunningCli = {
  readonly child: ChildProcessWithoutNullStreams;
  readonly said: () => { readonly stdout: string; readonly stderr: string };
  /** Resolves once the program has said something to stderr, and rejects when it ends before. */
  readonly hears: (words: string) => Promise<void>;
  /** The exit status, once it has ended. */
  readonly status: Promise<number | null>;
};

/** Starts the command line in a process of its own. */
export const startCli = (argv: readonly string[]): RunningCli => {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'src/cli/main.ts'), ...argv], { cwd: root });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (text) => {
      said[name] += text;
    });
  }
  const status = once(child, 'close').then(([code]) => code as number | null);
  const hears = (words: string): Promise<void> =>
    new Promise((done, fail) => {
      const look = (): void => {
        if (said.stderr.includes(words)) done();
      };
      child.stderr.on('data', look);
      look();
      void status.then(() => fail(new Error(`it ended without a word of "${words}": ${said.stderr}`)));
    });
  return { child, said: () => said, hears, status };
};
