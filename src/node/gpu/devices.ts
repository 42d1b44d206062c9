import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A GPU that the system shows, whether or not anything here can use it. */
export type GpuDevice = { readonly vendor: Vendor; readonly name: string };

export type Vendor = 'NVIDIA' | 'AMD' | 'Intel' | 'other';

/** What shows that this machine has an NVIDIA GPU: a path. Windows shows nothing. */
export const gpuSign = (): string | undefined =>
  ['/proc/driver/nvidia/version', '/dev/nvidia0', '/dev/dxg'].find((path) => existsSync(path)); // the last is WSL's

/**
 * The GPUs of a Linux machine, NVIDIA's by their names.
 *
 * @param root of the file system; another one stands in for it in tests.
 */
export const gpuDevices = (root = '/'): readonly GpuDevice[] => {
  const cards = list(join(root, 'sys/class/drm')).filter((card) => /^card\d+$/.test(card));
  const vendors = cards.map((card) => VENDORS[read(join(root, 'sys/class/drm', card, 'device/vendor')).trim()]);
  const others = vendors.filter((vendor) => vendor !== undefined && vendor !== 'NVIDIA') as Vendor[];
  return [...nvidiaDevices(root), ...others.map((vendor) => ({ vendor, name: `a GPU by ${vendor}` }))];
};

const VENDORS: Readonly<Record<string, Vendor>> = { '0x10de': 'NVIDIA', '0x1002': 'AMD', '0x8086': 'Intel' };

const nvidiaDevices = (root: string): readonly GpuDevice[] => {
  const home = join(root, 'proc/driver/nvidia/gpus');
  const named = list(home).map((place) => /^Model:\s*(.+)$/m.exec(read(join(home, place, 'information')))?.[1]?.trim());
  const nodes = list(join(root, 'dev')).filter((name) => /^nvidia\d+$/.test(name));
  const count = Math.max(named.length, nodes.length);
  return Array.from({ length: count }, (_, n) => ({ vendor: 'NVIDIA', name: named[n] ?? 'a GPU by NVIDIA' }));
};

const list = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return []; // there is none
  }
};

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};
