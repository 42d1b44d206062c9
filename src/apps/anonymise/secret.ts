import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { shown } from '../../checks.ts';
import { ArgumentError } from '../../errors.ts';

const BYTES = 32;

/**
 * A secret from the system's random source, 64 hexadecimal digits: whoever has it, the model and an original can make its
 * copy again, and so find out which copy is of whom.
 */
export const drawSecret = (): string => bytesToHex(crypto.getRandomValues(new Uint8Array(BYTES)));

/** @throws ArgumentError `bad-secret`; it never shows what it got. */
export const checkSecret = (secret: unknown): void => {
  if (typeof secret === 'string' && /^[0-9a-f]{64}$/.test(secret)) return;
  const got = typeof secret === 'string' ? `a text of ${secret.length} characters` : shown(secret);
  throw new ArgumentError(
    'bad-secret',
    `the secret must be 64 hexadecimal digits, as drawSecret gives them; got ${got}`,
  );
};

/**
 * The name of something under a secret: who knows one name learns nothing of the secret, nor of another name, which the
 * generator of noise alone would not promise.
 *
 * @see Krawczyk, Bellare and Canetti 1997, RFC 2104, "HMAC: Keyed-Hashing for Message Authentication".
 */
export const secretName = (secret: string, ...name: readonly (string | number)[]): string =>
  bytesToHex(hmac(sha256, utf8ToBytes(secret), utf8ToBytes(JSON.stringify(name))));
