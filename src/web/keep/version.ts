/**
 * What a server calls a content: its ETag, or when it was last changed, or its length, which is all that some servers
 * tell pages of others. Nothing where it does not even say that.
 *
 * @param from where the answer begins, in bytes.
 */
export const versionOf = (headers: Headers, from = 0): string | undefined => {
  const name = headers.get('etag')?.replace(/^W\//, '') ?? headers.get('last-modified');
  const length = lengthOf(headers, from);
  return name ?? (length > 0 ? `${length} bytes` : undefined);
};

/** Bytes of the whole file; 0 where an answer does not say. What is compressed on the way cannot be counted. */
export const lengthOf = (headers: Headers, from = 0): number => {
  const whole = /\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1];
  if (whole !== undefined) return Number(whole);
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? 0 : from + Number(length);
};
