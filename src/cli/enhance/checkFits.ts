import { enhanceBytes } from '../../apps/enhance/bytes.ts';
import { degradeOf } from '../../apps/enhance/options.ts';
import { EnvironmentError } from '../../errors.ts';
import { availableMemory } from '../../node/availableMemory.ts';
import { seenSize } from '../../node/enhance/seenPicture.ts';
import { memoryLimit } from '../../train/outOfMemory.ts';
import type { Enhancing } from './enhanceAll.ts';

/**
 * Looks at the sizes of all pictures before anything is computed.
 *
 * @throws EnvironmentError `too-little-memory` for one that the machine, or its backend, cannot hold once it is enlarged;
 *   ArgumentError `no-such-image`, `unreadable-image`, `unsupported-depth`.
 */
export const checkFits = async ({ model, asked, places }: Enhancing): Promise<void> => {
  const { factor } = degradeOf(asked);
  const [most, mostTensors] = [availableMemory() - process.memoryUsage.rss(), memoryLimit()];
  for (const { path } of places) {
    const [height, width] = await seenSize(path);
    const { all, tensors } = enhanceBytes(model, [1, height, width, model.imageShape[2]], asked);
    const made = `${path} would become ${width * factor} x ${height * factor}, which takes about`;
    if (all > most) throw tooLarge(`${made} ${gigabytes(all)} of memory, and there are ${gigabytes(most)}`);
    if (mostTensors !== undefined && tensors > mostTensors) {
      const rule = `${gigabytes(tensors)} of tensors, and the wasm backend holds ${gigabytes(mostTensors)}`;
      throw tooLarge(`${made} ${rule}`, 'take tfjs-node, ');
    }
  }
};

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

const tooLarge = (rule: string, more = ''): EnvironmentError =>
  new EnvironmentError('too-little-memory', `${rule}; ${more}a smaller factor, fewer samples, or cut it into parts`);
