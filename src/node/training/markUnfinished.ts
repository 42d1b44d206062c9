import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SIDECAR } from '../../checkpoints/sidecar.ts';
import { writeWhole } from '../output.ts';

/** Writes into a model's `boomerang.json` why it is not yet one, or takes that out. */
export const markUnfinished = async (folder: string, why: string | undefined): Promise<void> => {
  const path = join(folder, SIDECAR);
  const found = await readFile(path, 'utf8').catch(() => undefined);
  const { unfinished: _, ...others } = found === undefined ? {} : JSON.parse(found);
  const fields = { ...others, ...(why === undefined ? {} : { unfinished: why }) };
  if (Object.keys(fields).length === 0) return rm(path, { force: true });
  return writeWhole(path, new TextEncoder().encode(`${JSON.stringify(fields, undefined, 2)}\n`));
};
