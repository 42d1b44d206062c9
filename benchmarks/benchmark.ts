import type { Figure } from './figure.ts';

/** How much to measure, and with what. */
export type Setting = {
  /** Fewer and shorter runs: to see that it works, not to publish. */
  readonly quick: boolean;
  /** Folder with the IDX files of Fashion-MNIST. */
  readonly data?: string | undefined;
  /** A Python with torch and diffusers, to compare with. */
  readonly python?: string | undefined;
  /** Folder in whose `node_modules` networks of others lie, to compare with. */
  readonly peers?: string | undefined;
  /** For models of latents: one of the shapes, or a folder. @defaultValue all shapes */
  readonly model?: string | undefined;
  /** For models of latents: sizes of images. @defaultValue 256, and its own for a folder */
  readonly sizes?: readonly number[] | undefined;
  /** For models of latents. @defaultValue 'onnx' */
  readonly engine?: 'onnx' | 'tfjs' | undefined;
  /** For models of latents: threads of a network. @defaultValue all cores */
  readonly threads?: number | undefined;
  /** Tells a human what is going on. */
  say(line: string): void;
};

/** One question and how it is answered by measuring. */
export type Benchmark = {
  /** The question, in a line. */
  readonly about: string;
  /** About how long it takes, in seconds, on two quiet cores with the ONNX engine and wasm. */
  seconds(setting: Pick<Setting, 'quick'>): number;
  run(setting: Setting): AsyncGenerator<Figure>;
};

/** Seconds that a network takes on an engine, for estimates: rates as measured on a small server. */
export const networkSeconds = (engine: 'onnx' | 'wasm', gflop: number): number =>
  gflop / { onnx: 80, wasm: 15 }[engine];
