import { createHash } from 'node:crypto';
import { findSource } from '../data/findSource.ts';
import type { Layout } from '../data/layout.ts';
import type { Folders } from '../data/parts.ts';
import type { ImageSource, Part } from '../data/source.ts';
import type { RunPlan } from './plan.ts';

/** Where the data of a run lies on this machine, and how it is to be understood. */
export type DataPlace = {
  /** A file or folder, as `openImages` takes them. */
  readonly data: string;
  readonly folders?: Folders;
  /** @defaultValue 'train' */
  readonly part?: Part;
  /** The same, open already. */
  readonly opened?: RunData;
};

/** The data of a run, its layout known and its images not read yet. */
export type RunData = { readonly source: ImageSource; readonly facts: RunPlan['data'] };

/**
 * Opens the data of a run.
 *
 * @throws ArgumentError those of `findSource`.
 */
export const openData = async ({ data, folders, part, opened }: DataPlace): Promise<RunData> => {
  if (opened) return opened;
  const source = await findSource(data, { part, folders });
  const { count, classes } = source;
  return { source, facts: { digest: layoutDigest(source), count, ...(classes === undefined ? {} : { classes }) } };
};

/** A folder and an archive of it are the same data, wherever they lie. */
const layoutDigest = ({ layout, count, classes = [] }: ImageSource): string => {
  const hash = createHash('sha256').update(JSON.stringify([count, classes]));
  for (const line of linesOf(layout)) hash.update(JSON.stringify(line));
  return hash.digest('hex').slice(0, 16);
};

const linesOf = (layout: Layout): readonly unknown[] =>
  layout.content === 'pictures'
    ? layout.pictures.map(({ path, isPart, beside = null }) => [path, isPart.indexOf(true), beside])
    : layout.files;
