import type { Folder } from '../checkpoints/folder.ts';
import { ArgumentError, CheckpointError } from '../errors.ts';
import { isRevision } from '../models/place.ts';
import { ask } from './keep/asking.ts';
import { type KeptFolder, type KeptOptions, keptFolder } from './keep/keptFolder.ts';
import { isAway } from './keep/readKept.ts';

const HUB = 'https://huggingface.co';

/**
 * A model on the Hugging Face hub, as a page reads it: without a token, which no page should hold. Large files must have
 * the SHA-256 that the hub says.
 *
 * @param name `owner/name`
 * @throws ArgumentError `bad-revision`; CheckpointError `no-such-model`; EnvironmentError as `keptFolder`.
 */
export const hubFolder = async (name: string, revision: string, options: KeptOptions): Promise<KeptFolder> => {
  if (!isRevision(revision)) {
    throw new ArgumentError('bad-revision', `a revision is a branch, tag or commit, got "${revision}"`);
  }
  const at = encodeURIComponent(revision);
  const entries = await list(name, at).catch((error: unknown) => {
    if (isAway(error)) return undefined; // what is kept will do
    throw error;
  });
  const sums = Object.fromEntries((entries ?? []).flatMap(({ path, lfs }) => (lfs ? [[path, lfs.oid]] : [])));
  const folder = keptFolder(`${HUB}/${name}/resolve/${at}`, { ...options, sha256: { ...sums, ...options.sha256 } });
  if (entries === undefined) return folder;
  const paths = new Set(entries.map(({ path }) => path));
  return { ...folder, exists: async (path) => paths.has(path) };
};

type Entry = { readonly path: string; readonly lfs?: { readonly oid: string } };

/** The files of a revision; nothing where there are more than the hub lists at once. */
const list = async (name: string, revision: string): Promise<readonly Entry[] | undefined> => {
  const answer = await ask(`${HUB}/api/models/${name}/tree/${revision}?recursive=true`, {}, [401]);
  if (!answer.ok) {
    const rule = `there is no model ${name} here, nor one on the hub that everybody may read (it answered ${answer.status})`;
    throw new CheckpointError(
      'no-such-model',
      `${rule}; check owner, name and revision, or serve its folder with the page`,
    );
  }
  return answer.headers.get('link')?.includes('rel="next"') ? undefined : answer.json();
};

/** Whether a folder holds the beginnings of a model in diffusers' layout. */
export const holdsModel = async (folder: Folder): Promise<boolean> => {
  try {
    for (const path of ['unet/config.json', 'config.json', 'model_index.json'])
      if (await folder.exists(path)) return true;
    return false;
  } catch (error) {
    if (isAway(error)) return false;
    throw error;
  }
};
