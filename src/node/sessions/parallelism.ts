/** How many sessions share the work, each in a thread of its own, and how many threads compute within each. */
export type Parallelism = { readonly sessions: number; readonly threads: number };

/** Threads within a session gain less from here on; a further session then gains more, but holds the weights again. */
const CORES_PER_SESSION = 4;
const MOST_SESSIONS = 8;
const MOST_THREADS = 8;

/**
 * What is not asked for is chosen by the number of cores: threads first, since they make a single call faster too.
 */
export const chooseParallelism = (cores: number, { sessions, threads }: Partial<Parallelism>): Parallelism => {
  const wanted = sessions ?? Math.min(MOST_SESSIONS, Math.floor(cores / (threads ?? CORES_PER_SESSION)));
  const chosen = Math.max(1, wanted);
  return { sessions: chosen, threads: threads ?? Math.max(1, Math.min(MOST_THREADS, Math.floor(cores / chosen))) };
};
