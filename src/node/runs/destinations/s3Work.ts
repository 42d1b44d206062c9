import type { S3Client } from '@aws-sdk/client-s3';
import { checkName } from './checkName.ts';
import { s3Client } from './s3Client.ts';
import { loadS3Packages, type S3Packages } from './s3Packages.ts';
import type { S3Place } from './s3Place.ts';

/** What works on a place in a store has at hand. */
export type S3Work = S3Packages &
  S3Place & {
    readonly client: S3Client;
    /** The object of a name. @throws ArgumentError `bad-name` */
    readonly at: (name: string) => { readonly Bucket: string; readonly Key: string };
  };

/** @throws EnvironmentError `missing-package` */
export const s3Work = (place: S3Place): S3Work => {
  const packages = loadS3Packages();
  return {
    ...packages,
    ...place,
    client: s3Client(packages),
    at(name) {
      checkName(name);
      return { Bucket: place.bucket, Key: `${place.prefix}${name}` };
    },
  };
};
