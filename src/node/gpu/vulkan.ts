import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vendor } from './devices.ts';

/** A driver of Vulkan that is installed, or that the environment names: for whose GPUs, or for the processor. */
export type VulkanDriver = { readonly file: string; readonly library: string; readonly serves: Vendor | 'processor' };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The drivers that Vulkan's loader would find: those that the environment names, else those in its folders.
 *
 * @see https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md
 */
export const vulkanDrivers = (environment: Environment = process.env): readonly VulkanDriver[] => {
  const named = environment['VK_DRIVER_FILES'] ?? environment['VK_ICD_FILENAMES'];
  const places = named?.split(':') ?? folders(environment).map((folder) => join(folder, 'vulkan/icd.d'));
  return places.flatMap(manifests).flatMap(readManifest);
};

const folders = (environment: Environment): readonly string[] => [
  ...(environment['XDG_CONFIG_HOME'] ?? join(environment['HOME'] ?? '/', '.config')).split(':'),
  ...(environment['XDG_CONFIG_DIRS'] ?? '/etc/xdg').split(':'),
  '/usr/local/etc',
  '/etc',
  ...(environment['XDG_DATA_HOME'] ?? join(environment['HOME'] ?? '/', '.local/share')).split(':'),
  ...(environment['XDG_DATA_DIRS'] ?? '/usr/local/share:/usr/share').split(':'),
];

/** A manifest, or those in a folder. */
const manifests = (place: string): readonly string[] => {
  if (!existsSync(place)) return [];
  if (place.endsWith('.json')) return [place];
  return readdirSync(place)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(place, name));
};

const readManifest = (file: string): readonly VulkanDriver[] => {
  try {
    const library: unknown = JSON.parse(readFileSync(file, 'utf8')).ICD?.library_path;
    return typeof library === 'string' ? [{ file, library, serves: servedBy(library) }] : [];
  } catch {
    return []; // the loader passes over it as well
  }
};

const servedBy = (library: string): VulkanDriver['serves'] => {
  if (/lvp|swiftshader/i.test(library)) return 'processor';
  if (/nvidia/i.test(library)) return 'NVIDIA';
  if (/radeon|amdvlk/i.test(library)) return 'AMD';
  return /intel/i.test(library) ? 'Intel' : 'other';
};

const LOADER = 'libvulkan.so.1';

/** Whether Vulkan's loader can be found as programs find it. */
export const hasVulkanLoader = (environment: Environment = process.env): boolean => {
  const named = (environment['LD_LIBRARY_PATH'] ?? '').split(':').filter(Boolean);
  if (named.some((folder) => existsSync(join(folder, LOADER)))) return true;
  try {
    return readFileSync('/etc/ld.so.cache').includes(LOADER);
  } catch {
    return ['/usr/lib', '/usr/lib64', '/lib64'].some((folder) => existsSync(join(folder, LOADER)));
  }
};

/**
 * Has Vulkan's loader leave out drivers for the processor, from the first use of Vulkan in this process on, unless the
 * user says himself what to leave out: where the GPU's driver fails, nobody wants what is many times slower than ONNX
 * Runtime's own engine for the processor.
 */
export const leaveOutProcessors = (environment: NodeJS.ProcessEnv = process.env): void => {
  environment['VK_LOADER_DRIVERS_DISABLE'] ??= '*lvp*,*lavapipe*,*swiftshader*';
};
