import { createHash } from 'node:crypto';
import type { ShardFile } from '../format.ts';
import type { Shard } from '../plan.ts';

/** Digits of SHA-256 in the name of a file. */
const DIGITS = 12;

/** So many hexadecimal digits that stand for a content. */
export const digestOf = (bytes: Uint8Array, digits = DIGITS): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, digits);

export type Naming = {
  readonly folder: string;
  /** With what precedes it: `.tar`, `-labels`. */
  readonly ending: string;
};

/** A file of a shard, named by the shard and its content. */
export const contentFile = ({ name }: Shard, bytes: Uint8Array, { folder, ending }: Naming): ShardFile => ({
  name: `${folder}/${name}-${digestOf(bytes)}${ending}`,
  bytes,
});
