import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type * as Onnx from 'onnxruntime-node';
import { EnvironmentError } from '../../errors.ts';
import { finderOf, finders } from '../packageFiles.ts';
import { DEVICES, type Device } from './device.ts';

/** onnxruntime-node as it was found: where it is, or why it cannot be had and the command that mends it. */
export type OnnxRuntime =
  | { readonly usable: true; readonly version: string; readonly entry: string; readonly devices: readonly Device[] }
  | { readonly usable: false; readonly version?: string; readonly why: string; readonly remedy: string };

/** Its install script fetches CUDA libraries, which nobody needs here, and fails without a network. */
const REMEDY = 'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node';

/**
 * Looks for onnxruntime-node, which is optional: beside this package first, then where the user stands, since the
 * command may be installed globally. Loads its native library, once in a process (about 50 ms), and computes nothing.
 *
 * @param places What looks for the package; another one stands in for them in tests.
 */
export const findOnnxRuntime = (places: readonly NodeJS.Require[] = finders()): OnnxRuntime => {
  const finder = finderOf('onnxruntime-node/package.json', places);
  if (!finder) return { usable: false, why: 'onnxruntime-node is not installed', remedy: REMEDY };
  const { version } = finder('onnxruntime-node/package.json') as { version: string };
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1'; // from 1.30 on it reports its use to Microsoft, unless told not to
  try {
    const runtime = finder('onnxruntime-node') as typeof Onnx;
    const entry = finder.resolve('onnxruntime-node');
    return { usable: true, version, entry, devices: devicesOf(runtime, entry) };
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const why = /Cannot find module/.test(message)
      ? `onnxruntime-node ${version} has no library for ${process.platform} on ${process.arch}`
      : `onnxruntime-node ${version} does not load: ${message}`;
    return { usable: false, version, why, remedy: REMEDY };
  }
};

/** What it can compute on. CUDA's part of it is fetched by its install script, or is not there. */
const devicesOf = ({ listSupportedBackends }: typeof Onnx, entry: string): readonly Device[] => {
  const folder = join(dirname(entry), '../bin/napi-v6', process.platform, process.arch);
  const hasCuda = existsSync(join(folder, 'libonnxruntime_providers_cuda.so'));
  const names = listSupportedBackends().map(({ name }) => name);
  return Object.values(DEVICES).filter((device) => names.includes(device) && (device !== 'cuda' || hasCuda));
};

/**
 * As {@link findOnnxRuntime}, for whoever cannot go on without it.
 *
 * @throws EnvironmentError `no-onnxruntime`.
 */
export const requireOnnxRuntime = (found = findOnnxRuntime()): OnnxRuntime & { usable: true } => {
  if (found.usable) return found;
  throw new EnvironmentError('no-onnxruntime', `${found.why}; to mend it: ${found.remedy}`);
};
