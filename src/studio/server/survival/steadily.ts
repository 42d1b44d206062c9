const EVERY_MS = 250;

/** Tells a share now and then, however often it is known, and at its end. Nobody waits for it. */
export const steadily = (tell: (share: number) => Promise<void>): ((share: number) => void) => {
  let latest = Number.NEGATIVE_INFINITY;
  return (share) => {
    const now = performance.now();
    if (share < 1 && now - latest < EVERY_MS) return;
    latest = now;
    tell(share).catch(() => undefined); // the stream is closed, which ends the work as well
  };
};
