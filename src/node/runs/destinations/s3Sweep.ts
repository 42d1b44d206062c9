import type { ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3';
import { isNotKnown } from './s3Fault.ts';
import { isProbe } from './s3Probe.ts';
import type { S3Work } from './s3Work.ts';

/** For how long what others may be writing is left alone, in milliseconds; the largest file of a run takes far less. */
const OTHERS_MS = 24 * 3600 * 1000;

/**
 * Removes uploads of many parts that were begun more than a day ago and never ended, which stores keep unseen and ask
 * money for; and what was tried out and is still there.
 *
 * @returns whether the store can say which uploads there are.
 */
export const sweepUploads = async (work: S3Work): Promise<boolean> => {
  await removeProbes(work);
  try {
    await endUploads(work);
    return true;
  } catch (error) {
    if (isNotKnown(error)) return false;
    throw error;
  }
};

const removeProbes = async ({ sdk, client, bucket, prefix }: S3Work): Promise<void> => {
  for await (const page of sdk.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${prefix}.` })) {
    for (const { Key = '', LastModified } of page.Contents ?? []) {
      const isLeft = isProbe(Key.slice(prefix.length)) && isOld(LastModified);
      if (isLeft) await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key }));
    }
  }
};

const endUploads = async ({ sdk, client, bucket, prefix }: S3Work): Promise<void> => {
  let after: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } | undefined = {};
  while (after !== undefined) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...after }),
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (isOld(Initiated)) await client.send(new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
    }
    const { NextKeyMarker: key, NextUploadIdMarker: upload } = page;
    after = page.IsTruncated && key ? { KeyMarker: key, ...(upload ? { UploadIdMarker: upload } : {}) } : undefined;
  }
};

const isOld = (date: Date | undefined): boolean => date !== undefined && Date.now() - date.getTime() > OTHERS_MS;
