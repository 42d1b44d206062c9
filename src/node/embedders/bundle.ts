import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import type { Tf } from './faceReader.ts';

/**
 * Loads a CommonJS file whose packages are found elsewhere than it looks for them: `@tensorflow/tfjs` say, of which it
 * uses what `@tensorflow/tfjs-core` has, and which then need not be installed.
 *
 * @param stands packages by the names that the file asks for.
 */
export const loadBundle = (file: string, stands: Readonly<Record<string, unknown>>): unknown => {
  const own = createRequire(file);
  const find = (name: string): unknown => (Object.hasOwn(stands, name) ? stands[name] : own(name));
  const module = { exports: {} };
  const names = ['exports', 'require', 'module', '__filename', '__dirname'];
  const run = compileFunction(readFileSync(file, 'utf8'), names, { filename: file });
  run(module.exports, find, module, file, dirname(file));
  return module.exports;
};

/** Methods of tensors that `@tensorflow/tfjs` has and `@tensorflow/tfjs-core` has not, as functions there. */
const CHAINED = ['add', 'sub', 'mul', 'div', 'mean', 'expandDims', 'reshape', 'slice', 'squeeze', 'transpose'] as const;

/** Gives tensors the methods that face-api calls, in this thread. */
export const chainMethods = (tf: Tf): void => {
  const methods = tf.Tensor.prototype as unknown as Record<string, unknown>;
  for (const name of CHAINED) {
    const operation = tf[name] as (...given: unknown[]) => unknown;
    methods[name] ??= function (this: unknown, ...given: unknown[]) {
      return operation(this, ...given);
    };
  }
  methods['toInt'] ??= function (this: Parameters<Tf['cast']>[0]) {
    return tf.cast(this, 'int32');
  };
  for (const name of ['as1D', 'as2D', 'as3D', 'as4D']) {
    methods[name] ??= function (this: Parameters<Tf['reshape']>[0], ...shape: number[]) {
      return tf.reshape(this, name === 'as1D' ? [-1] : shape);
    };
  }
};
