import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/**
 * The name of an image: a digest of its pixels in [-1, 1], so that an image is known by what it shows and never by
 * when it arrived. Synchronous, as `dataset.map` needs it and WebCrypto is not.
 */
export const imageKey = (pixels: Float32Array): string => {
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  return bytesToHex(sha256(bytes).subarray(0, 16));
};
