import { ArgumentError } from '../../errors.ts';
import { type BinaryFile, openReader, openReaderAt } from './byteReader.ts';

/** What the first bytes of an IDX file say. */
export type IdxHeader = {
  readonly shape: readonly number[];
  /** Bytes of a value: 1 where they are unsigned bytes, 4 where they are integers. */
  readonly width: 1 | 4;
};

const WIDTHS: Readonly<Record<number, 1 | 4>> = { 8: 1, 12: 4 };

/**
 * Reads the header, and checks what it promises against the length of the file.
 *
 * @throws ArgumentError `bad-idx`
 */
export const readIdxHeader = (file: BinaryFile): Promise<IdxHeader> =>
  reading(file, async (take, most) => {
    const [zero, alsoZero, type = 0, rank = 0] = await take(4);
    if (zero !== 0 || alsoZero !== 0) throw badIdx(file.name, 'it does not start with two zero bytes');
    const width = WIDTHS[type];
    if (!width) throw badIdx(file.name, `its elements are of type ${type}, read are unsigned bytes (8), integers (12)`);
    const sizes = await take(4 * rank);
    if (rank === 0 || sizes.length < 4 * rank) throw badIdx(file.name, 'its header ends too early');
    const shape = Array.from({ length: rank }, (_, axis) => integerAt(sizes, axis) >>> 0);
    if (shape.slice(1).includes(0)) throw badIdx(file.name, `[${shape}] has nothing in it`);
    const [found, wanted] = [most - 4 - 4 * rank, bytesOf({ shape, width })];
    if (wanted > found) throw tooShort(file.name, shape, { wanted, found });
    return { shape, width };
  });

/**
 * The parts of an IDX file along its first axis, one after another: an image, a label.
 *
 * @param from the first one that is wanted.
 * @throws ArgumentError `bad-idx` where the file holds fewer bytes than its header promises, or more.
 */
export async function* idxItems(file: BinaryFile, header: IdxHeader, from = 0): AsyncGenerator<Uint8Array> {
  const [count = 0, ...rest] = header.shape;
  const size = bytesOf({ shape: rest, width: header.width });
  const start = 4 + 4 * header.shape.length + from * size;
  const reader = await openReaderAt(file, start).catch((error) => cannotRead(file, error));
  const take = (length: number): Promise<Uint8Array> => reader.take(length).catch((error) => cannotRead(file, error));
  try {
    for (let n = from; n < count; n += 1) {
      const item = await take(size);
      const found = n * size + item.length;
      if (item.length < size) throw tooShort(file.name, header.shape, { wanted: count * size, found });
      yield item;
    }
    if ((await take(1)).length === 0) return;
    const found = reader.isPacked ? 'more' : file.size - 4 - 4 * header.shape.length;
    throw tooShort(file.name, header.shape, { wanted: count * size, found });
  } finally {
    await reader.close();
  }
}

/**
 * The first number of each row, which is the class in files of labels: a byte each, or rows of integers as in QMNIST.
 *
 * @throws ArgumentError `bad-idx`
 */
export const readIdxLabels = async (file: BinaryFile): Promise<readonly number[]> => {
  const header = await readIdxHeader(file);
  if (header.shape.length > 2 || header.shape[1] === 0) {
    throw badIdx(file.name, `labels must be [count] or [count, columns], got [${header.shape}]`);
  }
  const labels: number[] = [];
  for await (const row of idxItems(file, header)) {
    const label = header.width === 1 ? (row[0] as number) : integerAt(row, 0);
    if (label < 0 || label > 255) throw badIdx(file.name, `label ${labels.length} is ${label}, not 0 to 255`);
    labels.push(label);
  }
  return labels;
};

type Take = (count: number) => Promise<Uint8Array>;

const reading = async <T>(file: BinaryFile, read: (take: Take, most: number) => Promise<T>): Promise<T> => {
  try {
    const reader = await openReader(file);
    return await read(reader.take, reader.most).finally(reader.close);
  } catch (error) {
    return cannotRead(file, error);
  }
};

const cannotRead = ({ name }: BinaryFile, error: unknown): never => {
  if (error instanceof ArgumentError) throw error;
  throw badIdx(name, error instanceof Error ? error.message : String(error));
};

/** How many bytes the values take. */
export const bytesOf = ({ shape, width }: IdxHeader): number =>
  shape.reduce((product, length) => product * length, width);

const integerAt = (bytes: Uint8Array, place: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(4 * place);

const tooShort = (
  name: string,
  shape: readonly number[],
  { wanted, found }: { readonly wanted: number; readonly found: number | 'more' },
): ArgumentError => badIdx(name, `[${shape}] needs ${wanted} bytes, there are ${found}`);

/** @param name the file, or where it is. */
export const badIdx = (name: string, why: string): ArgumentError =>
  new ArgumentError('bad-idx', `cannot read ${name} as IDX: ${why}; download it again`);
