import type { Precision } from '../../models/model.ts';
import type { ChosenDevice, Device } from '../sessions/device.ts';

/** How ONNX Runtime is to compute. */
export type SessionOptions = {
  /**
   * What computes. `auto` is a GPU where one is seen, through WebGPU, else the processor; it says once which and why, and
   * goes on on the processor, said, where the GPU fails. One that is named is taken, or is an error. Models share a GPU,
   * which takes one thing at a time. @defaultValue 'auto'
   */
  readonly device?: 'auto' | Device;
  /**
   * `float16` computes the denoiser in half precision, on a GPU: faster where the network is large. `int8`
   * computes the convolutions of a denoiser in whole numbers of 8 bits, on a processor: about twice as fast, for
   * variants that differ by some 2 % of the distance thrown. The model then makes 16 images of its own, once, from which
   * the ranges of numbers are known. For folders in diffusers' layout whose network takes no text.
   * @defaultValue 'float32'
   */
  readonly precision?: Precision;
  /** Sessions that share the work, each with a thread of its own; for the processor. By default as many as suit the machine. */
  readonly sessions?: number;
  /** Threads within a session; for the processor. By default as many as suit the machine. */
  readonly threads?: number;
  /** Images that go through a session at once, at most. @defaultValue 16, fewer where each takes much memory */
  readonly maxBatch?: number;
  /** How long a batch waits for callers that are expected back, in milliseconds. @defaultValue 2 */
  readonly maxWait?: number;
};

/** The same where what computes has been chosen. */
export type ChosenOptions = Omit<SessionOptions, 'device'> & Partial<ChosenDevice>;
