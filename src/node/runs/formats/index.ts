import { pick } from '../../../errors.ts';
import type { Format, FormatName } from '../format.ts';
import { folder } from './folder.ts';
import { idx } from './idx.ts';
import { tfrecord } from './tfrecord.ts';
import { webdataset } from './webdataset.ts';

const FORMATS: Readonly<Record<FormatName, Format>> = { webdataset, folder, tfrecord, idx };

/** @throws ArgumentError `unknown-format` */
export const formatOf = (name: string): Format => pick(FORMATS, name, 'format');

/** Where files of shards lie in a destination: all that is there and that no record names is left over. */
export const SHARD_FOLDERS = ['clean/', 'data/', 'images/', 'pieces/', 'records/', 'variant/'] as const;
