/** How many sessions share the work, each in a thread of its own, and how many threads compute within each. */
export type Parallelism = { readonly sessions: number; readonly threads: number };

export const chooseParallelism = (cores: number, { sessions, threads }: Partial<Parallelism>): Parallelism => {
  if (sessions !== undefined) return { sessions, threads: threads ?? Math.max(1, Math.floor(cores / sessions)) };
  const within = threads ?? Math.min(cores, 4);
  return { sessions: Math.max(1, Math.floor(cores / within)), threads: within };
};
