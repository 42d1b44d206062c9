import { BACKENDS, type BackendName } from '../backendPackage.ts';
import { userCacheFolder } from '../cacheFolder.ts';
import { gpuDevices, gpuSign } from '../gpu/devices.ts';
import { type FoundGpu, findGpu } from '../gpu/findGpu.ts';
import { type VulkanDriver, vulkanDrivers } from '../gpu/vulkan.ts';
import { hubCacheFolder } from '../hub/settings.ts';
import { type FolderState, folderState } from './folders.ts';
import { isAtLeast, OLDEST_NODE } from './nodeVersion.ts';
import { coreVersion, type Finding } from './probe.ts';
import { probeApart } from './probeApart.ts';

/** What this machine has of all that can compute, and what would mend the rest. */
export type Diagnosis = {
  /** Whether any model can run here. */
  readonly isUsable: boolean;
  readonly node: { readonly version: string; readonly isSupported: boolean; readonly oldest: string };
  /** From best to worst. */
  readonly backends: readonly Finding[];
  /** The one that `auto` takes. */
  readonly best: string | null;
  readonly engines: {
    /** The operations of TensorFlow.js, on any backend. */
    readonly tfjs: { readonly isUsable: boolean; readonly version: string };
    readonly onnx: Finding;
  };
  readonly accelerator: {
    /** GPUs that the system shows, by name. */
    readonly devices: readonly string[];
    /** Whether TensorFlow.js computes on one. */
    readonly isUsed: boolean;
    /** Drivers of Vulkan, by which WebGPU computes on Linux, and whose devices each serves. */
    readonly drivers: readonly Pick<VulkanDriver, 'library' | 'serves'>[];
    /** What ONNX Runtime's WebGPU engine would compute on, and `auto` takes. */
    readonly webgpu: FoundGpu;
  };
  /** Of models from the hub, and of what this package makes of them. */
  readonly caches: { readonly hub: FolderState; readonly own: FolderState };
};

/** Tries everything that may compute, each in a process of its own: nothing is loaded or set in this one. */
export const diagnose = async (): Promise<Diagnosis> => {
  const names = Object.keys(BACKENDS) as BackendName[];
  const [onnx, ...backends] = await Promise.all([probeApart('onnx'), ...names.map(probeApart)]);
  const usable = backends.filter(({ isUsable }) => isUsable);
  const isUsable = usable.length > 0; // tensors need a backend, whatever engine runs the network
  const isUsed = usable.some(({ name }) => name === 'tfjs-node-gpu');
  const devices = gpuDevices().map(({ name }) => name);
  return {
    isUsable,
    node: {
      version: process.versions.node,
      isSupported: isAtLeast(process.versions.node, OLDEST_NODE),
      oldest: OLDEST_NODE,
    },
    backends,
    best: usable[0]?.name ?? null,
    engines: { tfjs: { isUsable, version: coreVersion }, onnx },
    accelerator: {
      devices: devices.length > 0 || gpuSign() === undefined ? devices : ['a GPU by NVIDIA'],
      isUsed,
      drivers: vulkanDrivers().map(({ library, serves }) => ({ library, serves })),
      webgpu: findGpu(),
    },
    caches: { hub: await folderState(hubCacheFolder()), own: await folderState(userCacheFolder()) },
  };
};
