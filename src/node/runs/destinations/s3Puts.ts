import { Readable } from 'node:stream';
import { isNoObject, statusOf, wasAskedAgain } from './s3Fault.ts';
import { readObject } from './s3Reads.ts';
import type { S3Work } from './s3Work.ts';

/** Bytes of a part: the 10,000 that a file may have are 160 GB. */
const PART_BYTES = 16 * 1024 * 1024;
/** Parts that are sent at once; so many and one more are held in memory. */
const PARTS_AT_ONCE = 2;
/** Times that a store may say that somebody else puts the same at the moment. */
const TRIES = 10;

/** Puts an object if the store has none of that name, which it decides itself. @returns whether it was put */
export const putIfNone = async (work: S3Work, name: string, bytes: Uint8Array, tries = TRIES): Promise<boolean> => {
  const { sdk, client, at } = work;
  try {
    await client.send(new sdk.PutObjectCommand({ ...at(name), Body: bytes, IfNoneMatch: '*' }));
    return true;
  } catch (error) {
    if (statusOf(error) === 409 && tries > 1) return putIfNone(work, name, bytes, tries - 1);
    if (statusOf(error) !== 412) throw error;
    return wasAskedAgain(error) && isEqual(await readObject(work, name), bytes); // an answer that was lost came first
  }
};

const isEqual = (there: Uint8Array | undefined, bytes: Uint8Array): boolean =>
  there !== undefined && Buffer.from(there).equals(bytes);

/** As {@link putIfNone} where the store decides nothing: of two at once both may be told that they were first. */
export const putAfterLook = async ({ sdk, client, at }: S3Work, name: string, bytes: Uint8Array): Promise<boolean> => {
  try {
    await client.send(new sdk.HeadObjectCommand(at(name)));
    return false;
  } catch (error) {
    if (!isNoObject(error)) throw error;
  }
  await client.send(new sdk.PutObjectCommand({ ...at(name), Body: bytes }));
  return true;
};

/** What the parts of a file threw themselves: it is no fault of the store. */
export type PartsFailed = { readonly parts: unknown };

/**
 * Puts an object of many parts; it is there once all are.
 *
 * @returns what the parts threw, if they did; then what was there stays.
 */
export const putParts = async (
  { storage, client, at }: S3Work,
  name: string,
  parts: AsyncIterable<Uint8Array>,
): Promise<PartsFailed | undefined> => {
  let failed: PartsFailed | undefined;
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* parts;
    } catch (error) {
      failed = { parts: error };
      throw error;
    }
  }
  const upload = new storage.Upload({
    client,
    params: { ...at(name), Body: Readable.from(watched()) },
    partSize: PART_BYTES,
    queueSize: PARTS_AT_ONCE,
  });
  try {
    await upload.done();
  } catch (error) {
    if (failed === undefined) throw error; // or else it may be about taking back what was sent
  }
  return failed;
};
