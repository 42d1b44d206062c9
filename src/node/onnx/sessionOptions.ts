/** How ONNX Runtime is to compute. */
export type SessionOptions = {
  /** Sessions that share the work, each with a thread of its own. By default as many as suit the machine. */
  readonly sessions?: number;
  /** Threads within a session. By default as many as suit the machine. */
  readonly threads?: number;
  /** Images that go through a session at once, at most. @defaultValue 16, fewer where each takes much memory */
  readonly maxBatch?: number;
  /** How long a batch waits for callers that are expected back, in milliseconds. @defaultValue 2 */
  readonly maxWait?: number;
};
