import { isNoObject, statusOf } from './s3Fault.ts';
import { isProbe } from './s3Probe.ts';
import type { S3Work } from './s3Work.ts';

/** Times that a file is asked for whose bytes do not all arrive; what does not answer, the SDK asks again by itself. */
const TRIES = 3;

type Span = { readonly at: number; readonly bytes: number };

/** All bytes of an object, or some; undefined where there is none of that name. */
export const readObject = async (work: S3Work, name: string, span?: Span): Promise<Uint8Array | undefined> => {
  const { sdk, client, at } = work;
  const object = at(name);
  try {
    if (span?.bytes === 0) {
      await client.send(new sdk.HeadObjectCommand(object)); // no range is empty
      return new Uint8Array();
    }
    const range = span === undefined ? {} : { Range: `bytes=${span.at}-${span.at + span.bytes - 1}` };
    return await again(async () => {
      const { Body } = await client.send(new sdk.GetObjectCommand({ ...object, ...range }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    });
  } catch (error) {
    if (statusOf(error) === 416) return new Uint8Array(); // the object ends before the span
    if (isNoObject(error)) return undefined;
    throw error;
  }
};

const again = async <T>(act: () => Promise<T>, tries = TRIES): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    if (statusOf(error) !== undefined || tries === 1) throw error; // or else it broke off on the way
    return again(act, tries - 1);
  }
};

/** Names that begin so, a thousand at a time, in the order of the store: that of their characters. */
export async function* namesInStore({ sdk, client, bucket, prefix }: S3Work, start: string): AsyncGenerator<string> {
  for await (const page of sdk.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${prefix}${start}` })) {
    for (const { Key = '' } of page.Contents ?? []) {
      const name = Key.slice(prefix.length);
      const isFolder = name === '' || name.endsWith('/'); // what consoles make to show one
      if (!isFolder && !isProbe(name)) yield name;
    }
  }
}
