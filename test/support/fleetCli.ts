import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { QUEUE_VARIABLE } from '../../src/fleet/queueAddress.ts';
import { until } from './fleetHands.ts';
import { FASHION } from './fleetScene.ts';
import { root } from './shared.ts';

export type Told = { readonly stdout: string; readonly stderr: string };

/** A command in a process group of its own, as on a machine of its own. */
export type OnItsOwn = {
  readonly child: ChildProcess;
  readonly said: Told;
  /** The exit status; null where a signal ended it. */
  readonly status: Promise<number | null>;
  readonly hears: (words: string) => Promise<void>;
  /** To the command and all that it has started. */
  signal(name: NodeJS.Signals): void;
};

export type StartOptions = { readonly env?: NodeJS.ProcessEnv; readonly queue?: string };

/** Commands whose queue is told by the environment; all that still runs is killed after each test. */
export const commandsOnTheirOwn = (): ((argv: readonly string[], options?: StartOptions) => OnItsOwn) => {
  const started: OnItsOwn[] = [];
  afterEach(async () => {
    for (const one of started.splice(0)) {
      one.signal('SIGKILL');
      await one.status;
    }
  });
  return (argv, { env = {}, queue } = {}) => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'src/cli/main.ts'), ...argv], {
      cwd: root,
      detached: true,
      env: { ...process.env, ...(queue === undefined ? {} : { [QUEUE_VARIABLE]: queue }), ...env },
    });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (text) => {
        said[name] += text;
      });
    }
    const status = once(child, 'close').then(([code]) => code as number | null);
    let hasEnded = false;
    void status.then(() => {
      hasEnded = true;
    });
    const one: OnItsOwn = {
      ...{ child, said, status },
      hears: (words) =>
        until(`${argv[0]} says "${words}", it says: ${said.stderr}`, () => {
          if (hasEnded && !said.stderr.includes(words)) throw new Error(`it ended without "${words}": ${said.stderr}`);
          return said.stderr.includes(words);
        }),
      signal(name) {
        try {
          process.kill(-(child.pid as number), name);
        } catch {
          // it has ended
        }
      },
    };
    started.push(one);
    return one;
  };
};

/** `boomerang worker` with the model that is here. */
export const workerArgs = (...more: readonly string[]): string[] => [
  ...['worker', '--model', FASHION, '--backend', 'wasm', '--lock', '3'],
  ...more,
];

/** `boomerang run` of little work for each image. */
export const runArgs = (data: string, out: string, ...more: readonly string[]): string[] => [
  ...['run', data, '--out', out, '--model', FASHION, '--backend', 'wasm', '--strength', '0.1', '--steps', '10'],
  ...['--shard-images', '4', ...more],
];
