import { warnOnce } from '../../../warn.ts';
import type { Destination } from '../destination.ts';
import type { DestinationOptions } from './options.ts';
import { s3Fault } from './s3Fault.ts';
import { readS3Place } from './s3Place.ts';
import { putsConditionally } from './s3Probe.ts';
import { putAfterLook, putIfNone, putParts } from './s3Puts.ts';
import { namesInStore, readObject } from './s3Reads.ts';
import { sweepUploads } from './s3Sweep.ts';
import { type S3Work, s3Work } from './s3Work.ts';

/**
 * A place in a store of objects that speaks S3. Who opens it, at which address, is what the SDK finds in its own
 * settings. Of many that put the same new object the store lets one be first, if it has conditional writes; whether it
 * has is tried out here.
 *
 * @param place `s3://bucket/prefix`.
 * @throws ArgumentError `bad-destination`; EnvironmentError `bad-destination`, `missing-package`.
 */
export const openS3 = async (place: string, { isReadOnly = false }: DestinationOptions = {}): Promise<Destination> => {
  const work = s3Work(readS3Place(place));
  const { client, text, at } = work;
  const ask = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw s3Fault(error, work);
    }
  };
  const isExclusive = await ask(() => (isReadOnly ? findPlace(work) : putsConditionally(work)));
  if (!isExclusive) {
    const what = 'two that make the same at once may both put it, and the later one stays';
    warnOnce(`the store of ${text} has no conditional writes (If-None-Match): ${what}`);
  }

  return {
    place: text,
    isExclusive,
    putNew: (name, bytes) => ask(() => (isExclusive ? putIfNone : putAfterLook)(work, name, bytes)),
    put: (name, bytes) =>
      ask(async () => void (await client.send(new work.sdk.PutObjectCommand({ ...at(name), Body: bytes })))),
    async putStream(name, parts) {
      const failed = await ask(() => putParts(work, name, parts));
      if (failed) throw failed.parts;
    },
    read: (name, span) => ask(() => readObject(work, name, span)),
    async *list(prefix) {
      try {
        yield* namesInStore(work, prefix);
      } catch (error) {
        throw s3Fault(error, work);
      }
    },
    remove: (name) => ask(async () => void (await client.send(new work.sdk.DeleteObjectCommand(at(name))))),
    async sweep() {
      if (await ask(() => sweepUploads(work))) return;
      const remedy = 'have the store end them after a day, by its own rules';
      warnOnce(`the store of ${text} does not say which uploads were broken off and take room; ${remedy}`);
    },
    async close() {
      client.destroy();
    },
  };
};

/** @returns true: who only reads need not know what can be written. A store has no folders that may be absent. */
const findPlace = async ({ sdk, client, bucket, prefix }: S3Work): Promise<true> => {
  await client.send(new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }));
  return true;
};
