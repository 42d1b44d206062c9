/** Something that computes in another thread. */
export type Computing = {
  /** Blocks until it computes no more. */
  readonly finish: () => void;
};

/**
 * ONNX Runtime's binding aborts the process when it comes out of a computation into a thread that is being torn down.
 * So the process ends only when nothing computes; it would have to wait for that thread anyway.
 */
const guarded = new Set<Computing>();

const finishAll = (): void => {
  for (const computing of guarded) computing.finish();
};

export const guardExit = (computing: Computing): void => {
  if (guarded.size === 0) process.on('exit', finishAll);
  guarded.add(computing);
};

export const releaseExit = (computing: Computing): void => {
  guarded.delete(computing);
  if (guarded.size === 0) process.off('exit', finishAll);
};
