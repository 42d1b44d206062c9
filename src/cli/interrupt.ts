const STATUS = { SIGINT: 130, SIGTERM: 143 } as const; // 128 + the signal's number, as shells count

export type StopSignal = keyof typeof STATUS;

export const STOP_SIGNALS = Object.keys(STATUS) as readonly StopSignal[];

/** Thrown by a command that was told to end, after it has put its things in order. */
export class Interrupted extends Error {
  /** The exit status of the process. */
  readonly status: number;
  readonly kept: string | undefined;
  private readonly signalName: StopSignal;

  /** @param name the signal. @param kept what is kept, and how to go on, unless the command has said so itself. */
  constructor(name: StopSignal = 'SIGINT', kept?: string) {
    super(`stopped by ${name}`);
    this.kept = kept;
    this.status = STATUS[name];
    this.signalName = name;
  }

  /** The same, with another word about what is kept. */
  keeping(kept: string): Interrupted {
    return new Interrupted(this.signalName, kept);
  }
}

/** Throws what a signal was aborted with, if it was, and says what is kept and how to go on. */
export const throwIfStopped = ({ aborted, reason }: AbortSignal, kept: string): void => {
  if (aborted) throw reason instanceof Interrupted ? reason.keeping(kept) : reason;
};

/**
 * Lets work end in order when the process is told to end; when it is told again, it ends at once.
 *
 * @param work is given a signal whose reason is an {@link Interrupted}.
 */
export const interruptible = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const controller = new AbortController();
  const abort = (name: NodeJS.Signals): void => {
    release();
    controller.abort(new Interrupted(name as StopSignal, NOTHING_KEPT));
  };
  const release = (): void => {
    for (const name of STOP_SIGNALS) process.removeListener(name, abort);
  };
  for (const name of STOP_SIGNALS) process.on(name, abort);
  try {
    return await work(controller.signal);
  } finally {
    release();
  }
};

const NOTHING_KEPT = 'nothing was finished, and nothing is kept';

/** Ends the process when it is told to, unless something that listens, too, puts its things in order first. */
export const endOnSignals = (stderr: NodeJS.WritableStream): void => {
  for (const name of STOP_SIGNALS) {
    process.on(name, () => {
      if (process.listenerCount(name) > 1) return;
      stderr.write(`stopped; ${NOTHING_KEPT}\n`);
      process.exit(STATUS[name]);
    });
  }
};
