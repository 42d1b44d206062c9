import { ArgumentError, isCount, pick } from '../src/errors.ts';
import type { Setting } from './benchmark.ts';

/** Options of the command that say how much to measure, and with what, as they were typed. */
export type SettingOptions = {
  readonly quick?: boolean;
  readonly data?: string;
  readonly python?: string;
  readonly model?: string;
  readonly peers?: string;
  readonly size?: string;
  readonly engine?: string;
  readonly threads?: string;
};

const ENGINES = { onnx: 'onnx', tfjs: 'tfjs' } as const;

/** @throws ArgumentError `bad-size`, `bad-threads`, `unknown-engine`. */
export const readSetting = ({
  quick = false,
  size,
  engine,
  threads,
  ...rest
}: SettingOptions): Omit<Setting, 'say'> => {
  const { data, python, model, peers } = rest;
  const sizes = size?.split(',').map(Number);
  if (sizes?.every((one) => isCount(one)) === false) {
    throw new ArgumentError('bad-size', `sizes must be whole numbers of at least 1, got ${size}; use 256,512, say`);
  }
  const count = threads === undefined ? undefined : Number(threads);
  if (count !== undefined && !isCount(count)) {
    throw new ArgumentError('bad-threads', `threads must be a whole number of at least 1, got ${threads}; use 1, say`);
  }
  const asked = engine === undefined ? undefined : pick(ENGINES, engine, 'engine');
  return { quick, data, python, model, peers, sizes, engine: asked, threads: count };
};
