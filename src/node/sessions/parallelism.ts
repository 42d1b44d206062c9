/** How many sessions share the work, each in a thread of its own, and how many threads compute within each. */
export type Parallelism = { readonly sessions: number; readonly threads: number };

/** Threads within a session gain less from here on; a further session then gains more, but holds the weights again. */
const CORES_PER_SESSION = 4;
const MOST_SESSIONS = 8;
const MOST_THREADS = 8;
/**
 * Two sessions keep the cores busy while one of them hands over its result, and two threads serve whoever waits for one
 * call: on two cores both together lost in no measurement (`npm run bench -- sessions`).
 */
const LEAST = 2;

/** What is not asked for is chosen by the number of cores. */
export const chooseParallelism = (cores: number, { sessions, threads }: Partial<Parallelism>): Parallelism => {
  const least = cores < LEAST ? 1 : LEAST;
  const wanted = Math.min(MOST_SESSIONS, Math.floor(cores / (threads ?? CORES_PER_SESSION)));
  const chosen = sessions ?? Math.max(threads === undefined ? least : 1, wanted);
  const each = Math.min(MOST_THREADS, Math.floor(cores / chosen));
  return { sessions: chosen, threads: threads ?? Math.max(sessions === undefined ? least : 1, each) };
};
