import { ArgumentError, BoomerangError, EnvironmentError } from '../../../errors.ts';
import type { S3Place } from './s3Place.ts';

/** An error of the SDK, or of what carries it. */
type S3Error = Error & {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
};

export const statusOf = (error: unknown): number | undefined => (error as S3Error).$metadata?.httpStatusCode;

/** Whether the SDK asked more than once, so that an answer may be to what it did itself before. */
export const wasAskedAgain = (error: unknown): boolean => ((error as S3Error).$metadata?.attempts ?? 1) > 1;

/** Whether a store does not know what it was asked for. */
export const isNotKnown = (error: unknown): boolean =>
  statusOf(error) === 501 || ['NotImplemented', 'MethodNotAllowed'].includes((error as Error).name);

/** Whether an error says that there is no such object; a bucket that is not there is something else. */
export const isNoObject = (error: unknown): boolean =>
  statusOf(error) === 404 && (error as Error).name !== 'NoSuchBucket';

/**
 * What is wrong, in a line without secrets: messages of a store are repeated only where they cannot hold one, and its
 * error, which holds the request, is no cause.
 */
export const s3Fault = (error: unknown, { text, bucket }: S3Place): Error => {
  if (error instanceof BoomerangError) return error;
  const { name, message, code } = error as S3Error;
  const refuse = (why: string, remedy: string): EnvironmentError =>
    new EnvironmentError('bad-destination', `cannot use ${text}: ${why}; ${remedy}`);
  const status = statusOf(error);
  if (name === 'NoSuchBucket' || (status === 404 && name === 'NotFound')) {
    const remedy = 'make it, or check its name, AWS_ENDPOINT_URL_S3 and AWS_PROFILE';
    return new ArgumentError('bad-destination', `cannot use ${text}: there is no bucket ${bucket}; ${remedy}`);
  }
  if (status === 401 || status === 403) {
    const remedy =
      'check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, and that they may list, read, put';
    return refuse(`the store denies it (${name})`, `${remedy} and delete there`);
  }
  if (name === 'CredentialsProviderError') {
    return refuse('there are no credentials', 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE');
  }
  if (/region is missing/i.test(message)) {
    return refuse('the region is not known', 'set AWS_REGION, to us-east-1 for a store that has no regions');
  }
  if (status === 301 || name === 'AuthorizationHeaderMalformed') {
    return refuse('the bucket is in another region', 'set AWS_REGION to that of the bucket');
  }
  if (status === undefined) {
    return refuse(
      `the store cannot be reached (${code ?? name})`,
      'check AWS_ENDPOINT_URL_S3, the network and the proxy',
    );
  }
  return refuse(
    `the store answered ${status} (${name})`,
    'what is there stays; run it again, or ask who runs the store',
  );
};
