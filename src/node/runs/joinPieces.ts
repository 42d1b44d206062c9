import { ArgumentError, EnvironmentError } from '../../errors.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import type { Destination } from './destination.ts';
import type { IndexedShard } from './runIndex.ts';
import type { ShardRecord } from './shardRecord.ts';

/** What of a shard's record is needed to join its pieces. */
export type PieceList = Pick<ShardRecord, 'shard' | 'files'> & {
  readonly samples: number;
  readonly shape?: ImageShape;
};

/** Where what is to be joined lies. */
export const PIECES = 'pieces/';

/** What is joined; the longer name before the one that it ends with. */
const KINDS = ['clean-images', 'images', 'labels'] as const;

type Kind = (typeof KINDS)[number];

const kindOf = (name: string): Kind | undefined =>
  name.startsWith(PIECES) ? KINDS.find((kind) => name.endsWith(`-${kind}`)) : undefined;

/**
 * Joins the pieces of all shards into IDX files, and says where each then lies: images are of rank 3, or of rank 4 with
 * their channels last where they are in colour.
 *
 * @throws ArgumentError `bad-format` where images are of several sizes.
 */
export const joinPieces = async (
  destination: Destination,
  shards: readonly PieceList[],
): Promise<ReadonlyMap<string, NonNullable<IndexedShard['files']>>> => {
  const shape = oneShape(shards);
  const samples = shards.reduce((sum, one) => sum + one.samples, 0);
  const [height, width, channels] = shape ?? [0, 0, 1];
  const size = channels === 1 ? [height, width] : [height, width, channels];
  const places = new Map<string, { readonly name: string; readonly at: number }>();
  for (const kind of KINDS) {
    const pieces = shards.flatMap(({ files }) => files.filter(({ name }) => kindOf(name) === kind));
    if (pieces.length === 0) continue;
    const header = idxHeader(kind === 'labels' ? [samples] : [samples, ...size]);
    const name = kind === 'labels' ? 'labels-idx1-ubyte' : `${kind}-idx${1 + size.length}-ubyte`;
    let at = header.length;
    for (const piece of pieces) {
      places.set(piece.name, { name, at });
      at += piece.bytes;
    }
    await destination.putStream(name, joined(destination, header, pieces));
  }
  return new Map(shards.map(({ shard, files }) => [shard, files.map(({ name }) => places.get(name) ?? { name })]));
};

const oneShape = (shards: readonly PieceList[]): ImageShape | undefined => {
  const [first, other] = new Set(shards.flatMap(({ shape }) => (shape ? [shape.join(' x ')] : [])));
  if (other !== undefined) {
    throw new ArgumentError(
      'bad-format',
      `IDX holds images of one size, and there are ${first} and ${other}; choose webdataset, tfrecord or folder`,
    );
  }
  return shards.find(({ shape }) => shape)?.shape;
};

async function* joined(
  destination: Destination,
  header: Uint8Array,
  pieces: readonly { readonly name: string }[],
): AsyncGenerator<Uint8Array> {
  yield header;
  for (const { name } of pieces) {
    const bytes = await destination.read(name);
    if (bytes === undefined) {
      throw new EnvironmentError('missing-piece', `${destination.place} has no ${name} any more; run the same again`);
    }
    yield bytes;
  }
}

/** @see LeCun, Cortes and Burges, "The MNIST database of handwritten digits", file formats. */
const idxHeader = (shape: readonly number[]): Uint8Array => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * axis);
  return header;
};
