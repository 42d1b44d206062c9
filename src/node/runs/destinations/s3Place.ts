import { ArgumentError } from '../../../errors.ts';
import { checkName } from './checkName.ts';

/** A place in a store of objects. */
export type S3Place = {
  readonly bucket: string;
  /** With a `/` at its end, or empty. */
  readonly prefix: string;
  /** `s3://bucket/prefix`. */
  readonly text: string;
};

/**
 * What `s3://bucket/prefix` names.
 *
 * @throws ArgumentError `bad-destination`; what may be a secret is not repeated.
 */
export const readS3Place = (place: string): S3Place => {
  const [bucket = '', ...words] = place.replace(/^s3:\/\//i, '').split('/');
  const rule = 'a destination in a store is s3://bucket/prefix';
  if (bucket.includes('@') || /[?#]/.test(place)) {
    const remedy = 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, and AWS_ENDPOINT_URL_S3 instead';
    throw new ArgumentError('bad-destination', `${rule}, without keys or settings in it; ${remedy}`);
  }
  if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i.test(bucket)) {
    throw new ArgumentError('bad-destination', `${rule}, got the bucket ${JSON.stringify(bucket)}; name one`);
  }
  const path = words.join('/').replace(/\/+$/, '');
  if (path !== '') checkName(path);
  return { bucket, prefix: path === '' ? '' : `${path}/`, text: `s3://${bucket}${path === '' ? '' : `/${path}`}` };
};
