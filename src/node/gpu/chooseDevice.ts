import { EnvironmentError, pick } from '../../errors.ts';
import { type ChosenDevice, DEVICES, type Device } from '../sessions/device.ts';
import { type OnnxRuntime, requireOnnxRuntime } from '../sessions/onnxRuntime.ts';
import { type FoundGpu, findGpu } from './findGpu.ts';
import { sayOnce } from './sayOnce.ts';
import { leaveOutProcessors } from './vulkan.ts';

type Asked = { readonly device?: 'auto' | Device; readonly sessions?: number; readonly threads?: number };

/**
 * What ONNX Runtime is to compute on. `auto` takes a GPU where one is seen, through WebGPU, which every package of
 * onnxruntime-node for a desktop has, else the processor; what and why is said once in a process. Sessions or threads are
 * asked of the processor, and `auto` then takes it.
 *
 * @throws ArgumentError `unknown-device`.
 * @throws EnvironmentError `no-device` for one that this build of onnxruntime-node does not have, `no-onnxruntime`.
 */
export const chooseDevice = (
  { device: asked = 'auto', sessions, threads }: Asked,
  runtime: OnnxRuntime & { usable: true } = requireOnnxRuntime(),
  look: () => FoundGpu = findGpu,
): ChosenDevice => {
  const device = pick({ auto: 'auto', ...DEVICES } as const, asked, 'device');
  if (device !== 'auto') {
    if (!runtime.devices.includes(device)) throw absent(device, runtime);
    return { device, canRetreat: false };
  }
  const gpu = runtime.devices.includes('webgpu') ? look() : { why: 'this build has no WebGPU' };
  const taken = sessions === undefined && threads === undefined ? gpu : leftOut(gpu);
  say(taken);
  if (!('name' in taken)) return { device: 'cpu', canRetreat: false };
  leaveOutProcessors();
  return { device: 'webgpu', canRetreat: true };
};

/** Sessions and threads are asked of the processor. */
const leftOut = (gpu: FoundGpu): FoundGpu =>
  'name' in gpu ? { why: `sessions and threads are its own, and were asked for; ${gpu.name} is left out` } : gpu;

const say = (gpu: FoundGpu): void => {
  const mend = 'remedy' in gpu && gpu.remedy ? `; to mend it: ${gpu.remedy}` : '';
  if ('name' in gpu) sayOnce(`ONNX Runtime computes on ${gpu.name}, by WebGPU; { device: "cpu" } is for the processor`);
  else sayOnce(`ONNX Runtime computes on the processor: ${gpu.why}${mend}`);
};

const absent = (device: Device, { version, devices }: OnnxRuntime & { usable: true }): EnvironmentError => {
  const rule = `onnxruntime-node ${version} computes here on ${devices.join(', ')}, not on ${device}`;
  return new EnvironmentError('no-device', `${rule}; ${REMEDIES[device] ?? 'choose one of these, or "auto"'}`);
};

/** What would bring a device that this build lacks; CUDA's part is fetched by the install script of onnxruntime-node. */
const REMEDIES: Readonly<Partial<Record<Device, string>>> = {
  cuda: 'to mend it, on Linux with an NVIDIA GPU: ONNXRUNTIME_NODE_INSTALL=cuda12 npm install onnxruntime-node; or use "webgpu"',
  coreml: 'it is there on macOS only; use "webgpu" or "auto"',
  dml: 'it is there on Windows only; use "webgpu" or "auto"',
};
