import { type Folder, firstExisting } from '../checkpoints/folder.ts';
import { outlinePart, type PartOutline } from '../checkpoints/parts.ts';
import { readWeights, type Weight } from '../checkpoints/weightFiles.ts';
import { CheckpointError } from '../errors.ts';

/**
 * A network in a folder: its own, or a part of a pipeline's.
 *
 * @param homes where it may be, with a slash at the end of those that are parts.
 * @param what it is, for messages.
 * @throws CheckpointError `no-such-model`, and those of `outlinePart`.
 */
export const findPart = async (folder: Folder, homes: readonly string[], what: string): Promise<PartOutline> => {
  const configs = homes.map((home) => `${home}config.json`);
  const found = await firstExisting(folder, configs);
  if (found !== undefined) return outlinePart(folder, found.slice(0, -'config.json'.length));
  throw new CheckpointError('no-such-model', `${folder.name} holds no ${what}; looked for: ${configs.join(', ')}`);
};

/** The weights of a part, read and proved. */
export const weightsOf = async (folder: Folder, { weightFiles }: PartOutline): Promise<Map<string, Weight>> => {
  const files: Parameters<typeof readWeights>[0][number][] = [];
  for (const file of weightFiles) files.push({ ...file, bytes: await folder.read(file.path) });
  return readWeights(files);
};
