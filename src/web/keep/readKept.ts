import { sha256 } from '../../checkpoints/digest.ts';
import { CheckpointError, EnvironmentError } from '../../errors.ts';
import { warnOnce } from '../../warn.ts';
import { joined } from './arriving.ts';
import { download } from './download.ts';
import type { KeptFile, KeptRecord } from './keptFile.ts';
import { versionOf } from './version.ts';

export type Wanted = {
  readonly url: string;
  /** Where it is kept, or is to be. */
  readonly kept: KeptFile | undefined;
  /** What the server says of it now. */
  readonly head: Promise<Response>;
  /** The SHA-256 that it must have. */
  readonly sum: string | undefined;
  readonly onLength: (done: number, total: number) => void;
};

/** What means that no server answers. */
const AWAY = ['offline', 'unreachable'];

export const isAway = (error: unknown): error is EnvironmentError =>
  error instanceof EnvironmentError && AWAY.includes(error.code);

/** A file as it is kept, if that is what the server has now, or if no server answers; else as it comes. */
export const readKept = async (wanted: Wanted): Promise<Uint8Array> => {
  const { url, kept, head, sum } = wanted;
  const record = await kept?.record();
  const isWanted = record?.sha256 !== undefined && (sum ?? record.sha256) === record.sha256;
  const answer = await head.catch((error: unknown) => {
    if (isWanted && isAway(error)) return error;
    throw error;
  });
  const version = answer instanceof Error ? record?.version : versionOf(answer.headers);
  const isSame = record !== undefined && record.version === version;
  if (kept && isSame && isWanted) {
    const bytes = joined(await kept.parts());
    if ((await sha256(bytes)) === record.sha256) {
      if (answer instanceof Error) warnOnce(`${answer.message}; going on with what is kept of an earlier visit`);
      return bytes;
    }
    warnOnce(`what was kept of ${url} is damaged; it is fetched again`);
  }
  if (answer instanceof Error) throw answer;
  const hasBegun = isSame && record.sha256 === undefined;
  if (record && !hasBegun) await kept?.clear();
  return fetchAll(wanted, { version, parts: hasBegun ? ((await kept?.parts()) ?? []) : [] });
};

type Known = { readonly version: string | undefined; readonly parts: readonly Uint8Array[] };

/** @throws CheckpointError `wrong-checksum`, and as `download`. */
const fetchAll = async (wanted: Wanted, { version, parts }: Known): Promise<Uint8Array> => {
  const { url, kept, sum, onLength } = wanted;
  const mark = async (record: Omit<KeptRecord, 'version'> = {}): Promise<void> =>
    kept?.writeRecord({ version: version ?? '', ...record });
  const bytes = await download({
    ...{ url, version, parts, onLength },
    async onPart(index, part) {
      if (index === 0) await mark();
      await kept?.writePart(index, part);
    },
    onRestart: async () => kept?.clear(),
  });
  const own = await sha256(bytes);
  if (sum === undefined || own === sum) {
    await mark({ sha256: own });
    return bytes;
  }
  await kept?.clear();
  if (parts.length > 0) return fetchAll(wanted, { version, parts: [] }); // what was left may have been damaged
  const rule = `${url} has the SHA-256 ${own}, but ${sum} is wanted`;
  throw new CheckpointError('wrong-checksum', `${rule}; check the address and the checksum: it may be another version`);
};
