import { Writable } from 'node:stream';
import { runCli } from '../../src/cli/run.ts';

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
