import { ArgumentError, EnvironmentError } from '../../errors.ts';
import { startScript } from '../startScript.ts';
import type { Answer, Question, ThreadStart } from './protocol.ts';

type Asked = { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void };

/** A thread with a package for faces, seen from the main thread. */
export type FaceThread = {
  /** The bytes are the thread's afterwards. */
  ask(question: Omit<Question, 'id'>): Promise<Answer>;
  /** Ends the thread; questions that still wait fail. */
  dispose(): Promise<void>;
};

/**
 * Opens a package in a thread of its own, which keeps the process alive only while it is asked something.
 *
 * @param id of the embedder, for messages.
 * @throws EnvironmentError `embedder-failed` where the package does not load.
 */
export const startFaceThread = async (id: string, start: ThreadStart): Promise<FaceThread> => {
  const worker = startScript('embedders/faceWorker', { workerData: start, execArgv: [] });
  const waiting = new Map<number, Asked>();
  let count = 0;
  let gone: Error | undefined;
  const end = (error: Error): void => {
    gone ??= error;
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
  };
  const wait = (number: number): Promise<Answer> =>
    new Promise((resolve, reject) => {
      waiting.set(number, { resolve, reject });
      worker.ref();
    });
  worker.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
    if ('fault' in answer) asked?.reject(failed(`${id} failed: ${answer.fault}`));
    else asked?.resolve(answer);
  });
  worker.on('error', (error) => end(failed(`the thread of ${id} died: ${error.message}`)));
  worker.on('exit', (code) => end(failed(`the thread of ${id} ended with exit code ${code}`)));
  const dispose = async (): Promise<void> => {
    end(new ArgumentError('embedder-disposed', `the embedder ${id} was disposed; load it again`));
    await worker.terminate();
  };
  await wait(0).catch(async (error) => {
    await worker.terminate();
    throw error;
  });
  return {
    async ask(question) {
      if (gone) throw gone;
      count += 1;
      const answer = wait(count);
      worker.postMessage({ id: count, ...question } satisfies Question, [question.bytes.buffer as ArrayBuffer]);
      return answer;
    },
    dispose,
  };
};

const failed = (message: string): EnvironmentError => new EnvironmentError('embedder-failed', message);
