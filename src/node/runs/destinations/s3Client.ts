import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Packages } from './s3Packages.ts';

/** How long it may take until a store answers at all, in milliseconds. */
const CONNECTION_MS = 10_000;

/**
 * A client of the store that the SDK's own settings name: `AWS_ENDPOINT_URL_S3`, `AWS_REGION`, `AWS_PROFILE` and all
 * the others. Stores that are named by their address have their buckets in paths, since few have names for each.
 */
export const s3Client = ({ sdk }: Pick<S3Packages, 'sdk'>): S3Client => {
  const client = new sdk.S3Client({ requestHandler: { connectionTimeout: CONNECTION_MS } });
  const usual = client.config.endpointProvider;
  client.config.endpointProvider = (params, context) =>
    usual(params.Endpoint === undefined ? params : { ...params, ForcePathStyle: true }, context);
  return client;
};
