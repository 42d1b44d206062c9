import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { root, TSX } from '../../../support/shared.ts';

/** A process that writes to a destination, and that a test may kill. */
export type Writer = {
  /** Settles with all it has said once that includes a text; fails if it ends without. */
  readonly said: (text: string) => Promise<string>;
  readonly go: () => void;
  /** Ends it at once, as a machine that loses power; settles when it is gone. */
  readonly kill: () => Promise<void>;
};

/** See `writer.ts`; it ends with the test in any case. */
export const startWriter = (
  work: 'race' | 'stream' | 'endless',
  place: string,
  { own = 'a', env = {} }: { readonly own?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Writer => {
  const script = join(root, 'test/node/runs/destinations/writer.ts');
  const child: ChildProcess = spawn(process.execPath, [...TSX, script, work, place, own], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [text, errors] = ['', ''];
  const looks = new Set<() => void>();
  const look = (): void => {
    for (const one of looks) one();
  };
  child.stdout?.on('data', (some) => {
    text += some;
    look();
  });
  child.stderr?.on('data', (some) => {
    errors += some;
  });
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  return {
    said: (wanted) =>
      new Promise((done, fail) => {
        const check = (): void => {
          if (text.includes(wanted)) done(text);
        };
        looks.add(check);
        ended.then(() => fail(new Error(`the writer ended without "${wanted}": ${text}${errors}`)));
        check();
      }),
    go: () => void child.stdin?.write('go\n'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
};
