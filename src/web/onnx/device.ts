import { EnvironmentError } from '../../errors.ts';

/** `cpu` is wasm, on several threads where the page is cross-origin isolated. */
export type Device = 'cpu' | 'webgpu';

/** What is used here of WebGPU's types, which TypeScript does not bring. */
type Gpu = { requestAdapter(): Promise<Adapter | null> };
type Adapter = { readonly isFallbackAdapter?: boolean; readonly info?: AdapterInfo };
type AdapterInfo = { readonly isFallbackAdapter?: boolean; readonly architecture?: string };

/**
 * The device that computes: for `auto` a GPU where there is one. An adapter that is a processor in disguise does not
 * count: wasm is ten times faster than it.
 *
 * @throws EnvironmentError `no-device` where webgpu was asked for and there is none.
 */
export const chooseDevice = async (asked: 'auto' | Device): Promise<Device> => {
  if (asked === 'cpu') return asked;
  const adapter = await findAdapter();
  if (asked === 'auto') return adapter !== null && !isProcessor(adapter) ? 'webgpu' : 'cpu';
  if (adapter !== null) return asked;
  const remedy = 'use another browser or machine, or leave device out';
  throw new EnvironmentError('no-device', `this browser has no adapter for the device "webgpu"; ${remedy}`);
};

const findAdapter = async (): Promise<Adapter | null> => {
  const { gpu } = (globalThis.navigator ?? {}) as { readonly gpu?: Gpu };
  return gpu?.requestAdapter().catch(() => null) ?? null;
};

const isProcessor = ({ isFallbackAdapter, info }: Adapter): boolean =>
  (isFallbackAdapter ?? info?.isFallbackAdapter ?? false) || info?.architecture === 'swiftshader';
