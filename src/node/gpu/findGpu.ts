import { gpuDevices, type Vendor } from './devices.ts';
import { hasVulkanLoader, type VulkanDriver, vulkanDrivers } from './vulkan.ts';

/** A GPU that WebGPU would compute on, by name; or why there is none, and where something is amiss what mends it. */
export type FoundGpu = { readonly name: string } | { readonly why: string; readonly remedy?: string };

/** What is looked at; tests give their own. */
export type Sight = {
  readonly platform: string;
  readonly devices: ReturnType<typeof gpuDevices>;
  readonly drivers: readonly VulkanDriver[];
  readonly hasLoader: boolean;
};

const seen = (): Sight => ({
  platform: process.platform,
  devices: gpuDevices(),
  drivers: vulkanDrivers(),
  hasLoader: hasVulkanLoader(),
});

/**
 * Looks for a GPU as far as can be seen without loading a driver. On Linux WebGPU goes by Vulkan, which wants a device, a
 * driver for it, and the loader; Vulkan on the processor does not count. macOS has Metal and Windows has Direct3D.
 */
export const findGpu = ({ platform, devices, drivers, hasLoader }: Sight = seen()): FoundGpu => {
  if (platform === 'darwin') return { name: 'Metal' };
  if (platform === 'win32') return { name: 'Direct3D' };
  const [first] = devices;
  if (!first)
    return { why: drivers.some(isOnProcessor) ? 'Vulkan is there on the processor only' : 'no GPU is visible' };
  const served = devices.find(({ vendor }) => drivers.some(({ serves }) => serves === vendor));
  if (!served) return { why: `there is no driver of Vulkan for ${first.name}`, remedy: driverFor(first.vendor) };
  if (!hasLoader) return { why: `Vulkan's loader is absent, for ${served.name}`, remedy: 'apt-get install libvulkan1' };
  return { name: served.name };
};

const isOnProcessor = ({ serves }: VulkanDriver): boolean => serves === 'processor';

const driverFor = (vendor: Vendor): string =>
  vendor === 'NVIDIA'
    ? 'set VK_DRIVER_FILES to the nvidia_icd.json of its driver; in a container: docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=all'
    : 'apt-get install mesa-vulkan-drivers';
