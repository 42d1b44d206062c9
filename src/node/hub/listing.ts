import { listFiles, modelInfo } from '@huggingface/hub';
import { BoomerangError, isCount } from '../../errors.ts';
import { reasonOf } from '../../models/fetchFolder.ts';
import { isCommit } from './cache.ts';
import { unreachable } from './request.ts';

/** A file of a model on the hub. */
export type HubFile = {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** 64 hexadecimal digits: SHA-256 of the content. 40: git's SHA-1 of a blob with this content. */
  readonly oid: string;
};

/** What a revision of a model holds. */
export type Listing = { readonly commit: string; readonly files: ReadonlyMap<string, HubFile> };

export type HubAddress = {
  /** `owner/name` */
  readonly name: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  readonly endpoint: string;
};

/**
 * Asks the hub for the commit that a revision stands for, and for the commit's files.
 *
 * @param request from `hubFetch`, whose errors pass through.
 * @throws EnvironmentError `hub-unreachable`, too when the answer is not that of a hub.
 */
export const listModel = async ({ name, revision, endpoint }: HubAddress, request: typeof fetch): Promise<Listing> => {
  const client = { hubUrl: endpoint, fetch: request };
  try {
    const { sha: commit } = await modelInfo({ name, revision, additionalFields: ['sha'], ...client });
    if (typeof commit !== 'string' || !isCommit(commit)) throw new TypeError(`its commit is ${commit}`);
    const files = new Map<string, HubFile>();
    for await (const entry of listFiles({
      repo: { type: 'model', name },
      revision: commit,
      recursive: true,
      ...client,
    })) {
      if (entry.type === 'file') files.set(entry.path, hubFile(entry));
    }
    return { commit, files };
  } catch (error) {
    if (error instanceof BoomerangError) throw error;
    throw unreachable(`${endpoint}/${name}`, `it does not answer like a hub (${reasonOf(error)})`, error);
  }
};

type Entry = {
  readonly path: string;
  readonly size: number;
  readonly oid?: string;
  readonly lfs?: { readonly oid: string; readonly size: number };
};

/** The digest becomes a file's name and the size an allowance: neither is taken on trust. */
const hubFile = ({ path, size, oid = '', lfs }: Entry): HubFile => {
  const file = lfs ? { path, size: lfs.size, oid: lfs.oid } : { path, size, oid };
  if (isCount(file.size, 0) && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(file.oid)) return file;
  throw new TypeError(`${path} has the size ${file.size} and the digest "${file.oid}"`);
};
