import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allWeightFiles, outlineDiffusers } from '../../checkpoints/diffusers.ts';
import type { Folder } from '../../checkpoints/folder.ts';
import { checkNames } from '../../checks.ts';
import { ArgumentError, BoomerangError, CheckpointError, EnvironmentError } from '../../errors.ts';
import type { DownloadProgress } from '../../models/downloadProgress.ts';
import { isRevision } from '../../models/place.ts';
import { warnOnce } from '../../warn.ts';
import { openFolder } from '../folder.ts';
import { type RepoCache, repoCache } from './cache.ts';
import { downloadBlob } from './download.ts';
import { listModel } from './listing.ts';
import { lengthOf } from './partial.ts';
import { hubFetch } from './request.ts';
import { type HubSettings, hubSettings } from './settings.ts';

export type FetchOptions = {
  /** Branch, tag or commit; a commit pins the model for good. @defaultValue 'main' */
  readonly revision?: string;
  /** Called as the bytes of a file arrive. */
  readonly onProgress?: (progress: DownloadProgress) => void;
};

const OPTIONS: Readonly<Record<keyof FetchOptions, true>> = {
  revision: true,
  onProgress: true,
};

/**
 * Brings what a model needs from the hub into the cache that all of Hugging Face's clients share: configs and
 * safetensors, nothing else. What is there already is not fetched again.
 *
 * @param name `owner/name`
 * @returns the folder of the model in the cache.
 * @throws CheckpointError `no-such-model`, `no-such-revision`, `bad-download`, `pickle-refused` and the others of
 *   `outlineDiffusers`.
 * @throws EnvironmentError `needs-token`, `hub-unreachable`, `offline`, `bad-cache`.
 * @throws ArgumentError `unknown-option`, `bad-revision`.
 */
export const fetchModel = async (name: string, options: FetchOptions = {}): Promise<string> => {
  checkNames('fetchModel', Object.keys(OPTIONS), options);
  const { revision = 'main', onProgress } = options;
  checkRevision(revision);
  const settings = await hubSettings();
  const cache = repoCache(settings.cache, name);
  if (settings.isOffline) return (await findCached(cache, revision)) ?? refuseOffline(name, revision, settings);
  try {
    return await fetchListed({ name, revision, settings, cache, ...(onProgress ? { onProgress } : {}) });
  } catch (error) {
    const isAway = error instanceof EnvironmentError && error.code === 'hub-unreachable';
    const cached = isAway ? await findCached(cache, revision) : undefined;
    if (cached === undefined || !(error instanceof Error)) throw error;
    warnOnce(`${error.message}; going on with the ${name} of an earlier download`);
    return cached;
  }
};

type Wanted = FetchOptions & {
  readonly name: string;
  readonly revision: string;
  readonly settings: HubSettings;
  readonly cache: RepoCache;
};

const fetchListed = async ({ name, revision, settings, cache, onProgress }: Wanted): Promise<string> => {
  const request = hubFetch(settings, name);
  const { endpoint } = settings;
  const { commit, files } = await listModel({ name, revision, endpoint }, request);
  const bring = async (path: string): Promise<string> => {
    const file = files.get(path);
    if (file === undefined) throw new CheckpointError('no-such-file', `${name} has no file ${path} at ${commit}`);
    const target = join(cache.snapshot(commit), path);
    if (file.size > 0 && (await lengthOf(target)) === file.size) return target;
    const url = `${endpoint}/${name}/resolve/${commit}/${path}`;
    const onLength = (done: number): void => onProgress?.({ file: path, done, total: file.size });
    await downloadBlob(file, cache.blob(file.oid), { url, request, onLength });
    await cache.link(file.oid, target);
    return target;
  };
  const folder: Folder = {
    name: `${endpoint}/${name}`,
    read: async (path) => readFile(await bring(path)),
    exists: async (path) => files.has(path),
  };
  const outline = await outlineDiffusers(folder); // reads, and thereby fetches, the configs
  for (const { path } of allWeightFiles(outline)) await bring(path); // last: whoever has weights has all that belongs to them
  await cache.remember(revision, commit);
  return cache.snapshot(commit);
};

/** The folder of a revision that was fetched before, if all of it is there. */
const findCached = async (cache: RepoCache, revision: string): Promise<string | undefined> => {
  const commit = await cache.commitOf(revision);
  if (commit === undefined) return undefined;
  try {
    const folder = await openFolder(cache.snapshot(commit));
    const outline = await outlineDiffusers(folder);
    for (const { path } of allWeightFiles(outline)) if (!(await folder.exists(path))) return undefined;
    return folder.name;
  } catch (error) {
    if (error instanceof BoomerangError) return undefined; // a download that was broken off
    throw error;
  }
};

const refuseOffline = (name: string, revision: string, { cache }: HubSettings): never => {
  const state = `HF_HUB_OFFLINE is set and ${cache} does not hold all of ${name} at ${revision}`;
  throw new EnvironmentError('offline', `${state}; fetch it once with HF_HUB_OFFLINE=0, or set HF_HOME`);
};

const checkRevision = (revision: string): void => {
  if (isRevision(revision)) return;
  throw new ArgumentError(
    'bad-revision',
    `a revision is a branch, tag or commit, got "${revision}"; leave it out for main`,
  );
};
