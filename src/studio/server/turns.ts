/** Work that would only slow each other down, one after another, in the order of asking. */
export type Turns = {
  /** Waits for its turn, and has it until `work` has ended; who was aborted while waiting is passed over. */
  readonly take: <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;
};

export const makeTurns = (): Turns => {
  const waiting: (() => void)[] = [];
  let isTaken = false;
  const pass = (): void => {
    const next = waiting.shift();
    isTaken = next !== undefined;
    next?.();
  };
  const turn = (signal: AbortSignal): Promise<void> =>
    new Promise((done, fail) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(begin), 1);
        fail(signal.reason);
      };
      const begin = (): void => {
        signal.removeEventListener('abort', leave);
        done();
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(begin);
      if (!isTaken) pass();
    });
  return {
    async take(signal, work) {
      signal.throwIfAborted();
      await turn(signal);
      try {
        signal.throwIfAborted();
        return await work();
      } finally {
        pass();
      }
    },
  };
};
