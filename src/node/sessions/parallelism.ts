/** How many sessions share the work, each in a thread of its own, and how many threads compute within each. */
export type Parallelism = { readonly sessions: number; readonly threads: number };

/** What is asked for, and what counts besides the number of cores. */
export type ParallelismOptions = Partial<Parallelism> & {
  /** Bytes of the network's weights as every session holds them; see {@link bytesHeld}. @defaultValue 0 */
  readonly weightBytes?: number;
};

/** Threads within a session gain less from here on; a further session then gains more, but holds the weights again. */
const CORES_PER_SESSION = 4;
const MOST_SESSIONS = 8;
const MOST_THREADS = 8;
/**
 * Two sessions keep the cores busy while one of them hands over its result, and two threads serve whoever waits for one
 * call: on two cores both together lost in no measurement (`npm run bench -- sessions`).
 */
const LEAST = 2;
/** From here on a second copy of the weights costs more than it gains, and one call keeps many threads busy. */
const LARGE = 256 * 2 ** 20;

/** Bytes of weights as a session holds them: as float32, whatever their file has. */
export const bytesHeld = (parameterCount: number): number => Float32Array.BYTES_PER_ELEMENT * parameterCount;

const isLarge = (weightBytes: number): boolean => weightBytes >= LARGE;

/** A GPU computes larger batches of a large network more slowly, each image (benchmarks/README.md, "On a GPU"). */
const BATCH_OF_LARGE = { float32: 2, float16: 4 } as const;

/** Images that go through a GPU at once, of those that fit into memory. */
export const batchOnGpu = (
  fitting: number,
  weightBytes: number,
  real: keyof typeof BATCH_OF_LARGE = 'float32',
): number => (isLarge(weightBytes) ? Math.min(fitting, BATCH_OF_LARGE[real]) : fitting);

/**
 * What is not asked for is chosen by the number of cores; a network of 256 MiB of weights or more gets one session, with
 * a thread for every core.
 */
export const chooseParallelism = (
  cores: number,
  { sessions, threads, weightBytes = 0 }: ParallelismOptions,
): Parallelism => {
  if (isLarge(weightBytes)) {
    const chosen = sessions ?? 1;
    return { sessions: chosen, threads: threads ?? Math.max(1, Math.floor(cores / chosen)) };
  }
  const least = cores < LEAST ? 1 : LEAST;
  const wanted = Math.min(MOST_SESSIONS, Math.floor(cores / (threads ?? CORES_PER_SESSION)));
  const chosen = sessions ?? Math.max(threads === undefined ? least : 1, wanted);
  const each = Math.min(MOST_THREADS, Math.floor(cores / chosen));
  return { sessions: chosen, threads: threads ?? Math.max(sessions === undefined ? least : 1, each) };
};
