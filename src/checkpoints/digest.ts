/**
 * 16 hexadecimal digits that stand for a list of byte strings; which string is which, and which are absent, counts.
 */
export const digestOf = async (parts: readonly (Uint8Array | undefined)[]): Promise<string> => {
  const names: (string | undefined)[] = [];
  for (const part of parts) names.push(part && (await sha256(part)));
  return digestOfNames(names);
};

/** As {@link digestOf}, from the {@link sha256} of each string, for those that are not in memory. */
export const digestOfNames = async (names: readonly (string | undefined)[]): Promise<string> =>
  (await sha256(new TextEncoder().encode(JSON.stringify(names)))).slice(0, 16); // undefined is written as null

/** 64 hexadecimal digits. Browsers compute it for pages from https or localhost alone; elsewhere it takes longer. */
export const sha256 = async (bytes: Uint8Array): Promise<string> => {
  if (globalThis.crypto?.subtle === undefined) {
    const [{ sha256: hash }, { bytesToHex }] = await Promise.all([
      import('@noble/hashes/sha2.js'),
      import('@noble/hashes/utils.js'),
    ]);
    return bytesToHex(hash(bytes));
  }
  const digest = await globalThis.crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
};
