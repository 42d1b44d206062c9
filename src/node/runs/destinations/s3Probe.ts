import { randomUUID } from 'node:crypto';
import { isNotKnown, statusOf } from './s3Fault.ts';
import type { S3Work } from './s3Work.ts';

const PROBE = /^\.[0-9a-f-]{36}\.part$/;

/** Whether a name is none of a run, but of what was tried out. */
export const isProbe = (name: string): boolean => PROBE.test(name);

/**
 * Finds out whether a store puts something only where there is nothing, and so whether it can be written at all. Some
 * stores refuse such a wish, and some do not see it.
 */
export const putsConditionally = async ({ sdk, client, at }: S3Work): Promise<boolean> => {
  const object = at(`.${randomUUID()}.part`);
  const put = (): Promise<boolean> =>
    client.send(new sdk.PutObjectCommand({ ...object, Body: new Uint8Array(1), IfNoneMatch: '*' })).then(
      () => true,
      (error) => {
        if (statusOf(error) === 412) return false;
        throw error;
      },
    );
  try {
    await put();
    return !(await put());
  } catch (error) {
    if (isNotKnown(error)) return false;
    throw error;
  } finally {
    await client.send(new sdk.DeleteObjectCommand(object)).catch(() => undefined); // `remove` says so, and `sweep` tries again
  }
};
