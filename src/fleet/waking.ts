/** Something to wait for, beside the time. */
export type Waking = {
  /** Ends the wait that is under way, or the next one. */
  wake(): void;
  /** Waits until it is woken, at most so long. */
  wait(ms: number): Promise<void>;
};

export const startWaking = (): Waking => {
  let isAwake = false;
  let end: (() => void) | undefined;
  return {
    wake() {
      isAwake = true;
      end?.();
    },
    async wait(ms) {
      if (!isAwake) {
        await new Promise<void>((done) => {
          const timer = setTimeout(done, ms);
          end = () => {
            clearTimeout(timer);
            done();
          };
        });
      }
      isAwake = false;
      end = undefined;
    },
  };
};
