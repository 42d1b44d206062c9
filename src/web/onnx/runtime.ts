import type * as Onnx from 'onnxruntime-web';
import { mayBeAbsent } from '../../engines/tfjs/optionalPackage.ts';
import { EnvironmentError } from '../../errors.ts';
import type { Device } from './device.ts';

export type Runtime = typeof Onnx;

/**
 * onnxruntime-web, which is optional. Each device has a build of its own: that for webgpu is twice as large.
 *
 * @throws EnvironmentError `no-onnxruntime` with the command that installs it.
 */
export const importRuntime = async (device: Device): Promise<Runtime> => {
  try {
    if (device === 'webgpu') return impatient(await import('onnxruntime-web/webgpu').catch(mayBeAbsent));
    return impatient(await import('onnxruntime-web/wasm').catch(mayBeAbsent));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    const rule = `the ONNX engine needs onnxruntime-web, which does not load (${reason})`;
    throw new EnvironmentError('no-onnxruntime', `${rule}; npm install onnxruntime-web`, { cause });
  }
};

/** In milliseconds: where it was bundled into one file with the page, its threads load the page and never report. */
const PATIENCE = 120_000;

/** Ends in an error what would wait for ever, unless the page says how long to wait. */
const impatient = (runtime: Runtime): Runtime => {
  runtime.env.wasm.initTimeout ||= PATIENCE;
  return runtime;
};
