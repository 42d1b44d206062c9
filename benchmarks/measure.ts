/** Something to be timed. */
export type Subject = {
  /** The work; awaited, so it must wait for its own results. */
  run(): Promise<unknown>;
  /** What must stand before the work, such as a backend; not timed. */
  prepare?(): Promise<unknown>;
};

export type Timing = {
  readonly rounds: number;
  /** A subject that is done sooner runs several times in a round: short runs say little. @defaultValue 0 */
  readonly leastMs?: number;
  /** The time in ms. @defaultValue performance.now */
  readonly now?: () => number;
};

/**
 * Times subjects in turns, after a warm-up of two calls each. Every round runs all of them, in an order that turns
 * round from round to round, so that what disturbs the machine disturbs all: compare times of the same round.
 *
 * @returns for each subject its ms a call, one number a round.
 */
export const interleave = async <Name extends string>(
  subjects: Readonly<Record<Name, Subject>>,
  { rounds, leastMs = 0, now = () => performance.now() }: Timing,
): Promise<Record<Name, number[]>> => {
  const names = Object.keys(subjects) as Name[];
  const calls = {} as Record<Name, number>;
  const times = {} as Record<Name, number[]>;
  for (const name of names) {
    await timed(subjects[name], 1, now);
    const ms = await timed(subjects[name], 1, now);
    calls[name] = Math.max(1, Math.ceil(leastMs / Math.max(ms, 1e-3)));
    times[name] = [];
  }
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) times[name].push(await timed(subjects[name], calls[name], now));
  }
  return times;
};

const timed = async (subject: Subject, calls: number, now: () => number): Promise<number> => {
  await subject.prepare?.();
  const start = now();
  for (let call = 0; call < calls; call += 1) await subject.run();
  return (now() - start) / calls;
};
