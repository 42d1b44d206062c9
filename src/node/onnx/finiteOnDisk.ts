import type { FileHandle } from 'node:fs/promises';
import { DTYPES, type Dtype } from '../../checkpoints/dtypes.ts';
import { countNotFiniteBytes, type NotFinite, refuseNotFinite } from '../../checkpoints/finite.ts';
import { CheckpointError } from '../../errors.ts';
import { openFile } from './weightsOnDisk.ts';

/** A tensor that is read where it lies: its elements are the bytes from `begin` to `end` of a file. */
export type TensorOnDisk = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly begin: number;
  readonly end: number;
};

const CHUNK = 2 ** 22; // bytes; a multiple of every element's size

/**
 * Reads the tensors of a file in passing and refuses those that are not finite: 143 MB take about 80 ms.
 *
 * @throws CheckpointError `not-finite-weights`, `unreadable-file`, `bad-external-data` for a tensor that goes beyond the
 *   end of the file.
 */
export const refuseNotFiniteOnDisk = async (file: string, tensors: readonly TensorOnDisk[]): Promise<void> => {
  const found: NotFinite[] = [];
  const handle = await openFile(file);
  try {
    const { size } = await handle.stat();
    const buffer = new Uint8Array(CHUNK);
    for (const { name, dtype, begin, end } of [...tensors].sort((a, b) => a.begin - b.begin)) {
      if (end > size) throw beyond(file, name, [end, size]);
      const count = await countIn(handle, { dtype, begin, end }, buffer);
      if (count > 0) found.push({ name, count, size: ((end - begin) * 8) / DTYPES[dtype].bits });
    }
  } finally {
    await handle.close();
  }
  refuseNotFinite(found, file);
};

const countIn = async (
  handle: FileHandle,
  { dtype, begin, end }: Omit<TensorOnDisk, 'name'>,
  buffer: Uint8Array,
): Promise<number> => {
  let count = 0;
  for (let at = begin; at < end; at += CHUNK) {
    const length = Math.min(CHUNK, end - at);
    await handle.read(buffer, 0, length, at);
    count += countNotFiniteBytes(dtype, buffer.subarray(0, length));
  }
  return count;
};

const beyond = (file: string, name: string, [end, size]: readonly [number, number]): CheckpointError => {
  const rule = `${name} should end at byte ${end} of ${file}, which has ${size}`;
  return new CheckpointError('bad-external-data', `${rule}; the file is cut off or of another model: fetch it again`);
};
