/** A frame of a screen with 60 Hz takes 16.7 ms; one that takes longer than this came late. */
const LATE = 20;

/** Counts the frames of this page from now on. */
export const countFrames = (show) => {
  let frames = { shown: 0, late: 0, longest: 0 };
  let last = performance.now();
  const tick = (now) => {
    const took = now - last;
    last = now;
    if (document.visibilityState === 'visible') {
      frames = {
        shown: frames.shown + 1,
        late: frames.late + (took > LATE ? 1 : 0),
        longest: Math.max(frames.longest, took),
      };
      if (frames.shown % 10 === 0) show(frames);
    }
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  return {
    reset() {
      frames = { shown: 0, late: 0, longest: 0 };
      last = performance.now();
    },
  };
};
