/**
 * Lets signals and timers through, which work that computes in this thread would keep waiting for as long as it lasts,
 * and throws what the signal was aborted with.
 */
export const breathe = async (signal: AbortSignal): Promise<void> => {
  await new Promise((done) => setImmediate(done));
  signal.throwIfAborted();
};
