const LONGEST_MS = 100;
let latest = 0;

/**
 * Lets timers, signals and other work of the process have their turn, if they have waited for a tenth of a second:
 * a backend that computes on this thread never does by itself.
 */
export const breathe = async (): Promise<void> => {
  if (performance.now() - latest < LONGEST_MS) return;
  await new Promise((done) => setTimeout(done, 0));
  latest = performance.now();
};
