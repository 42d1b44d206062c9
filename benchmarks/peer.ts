import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process that answers each line with one line of JSON; its first line says that it is ready. */
export type Peer<Ready, Answer> = {
  readonly ready: Ready;
  ask(line: string): Promise<Answer>;
  end(): Promise<void>;
};

/** Starts a process and waits until it is ready. @throws Error when it ends before it has answered. */
export const startPeer = async <Ready, Answer>(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Peer<Ready, Answer>> => {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const gone = once(child, 'exit');
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${[command, ...args].join(' ')} ended without an answer`);
    return JSON.parse(value);
  };
  return {
    ready: (await next()) as Ready,
    async ask(line) {
      child.stdin.write(`${line}\n`);
      return (await next()) as Answer;
    },
    async end() {
      child.stdin.end();
      await gone;
    },
  };
};
