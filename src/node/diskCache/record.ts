import { crc32 } from 'node:zlib';

/**
 * A record is a header of 8 words and the bytes of a latent. The words: magic with the version of the format, bytes
 * of the latent, their checksum, four words of the name's digest, checksum of the words before. They stand in the
 * byte order of the machine, as latents do: on a machine of the other order the magic is wrong, and nothing is read.
 */
const WORDS = 8;
export const HEADER_BYTES = 4 * WORDS;
const CHECKED_BYTES = HEADER_BYTES - 4;
const MAGIC = 0x31_4c_4d_42; // "BML1"
/** How a header begins: what is looked for behind damage. */
export const MAGIC_BYTES = Buffer.from(Uint32Array.of(MAGIC).buffer);

/** Hexadecimal digits of the digest that a record goes by: 128 bits. */
export const DIGEST_DIGITS = 32;

type RecordHeader = {
  /** What the latent goes by, {@link DIGEST_DIGITS} hexadecimal digits. */
  readonly digest: string;
  readonly dataBytes: number;
  readonly dataChecksum: number;
};

/** The header of a record, which is written before its data. */
export const encodeHeader = (digest: string, data: Uint8Array): Uint8Array => {
  const header = new Uint8Array(HEADER_BYTES);
  const words = new Uint32Array(header.buffer);
  words.set([MAGIC, data.byteLength, crc32(data)]);
  header.set(Buffer.from(digest, 'hex'), 12);
  words[WORDS - 1] = crc32(header.subarray(0, CHECKED_BYTES));
  return header;
};

/** The header at the start of some bytes; nothing where there is none, or a damaged one. */
export const decodeHeader = (bytes: Uint8Array): RecordHeader | undefined => {
  if (bytes.byteLength < HEADER_BYTES) return undefined;
  const words = new Uint32Array(bytes.slice(0, HEADER_BYTES).buffer);
  const [magic, dataBytes = 0, dataChecksum = 0] = words;
  if (magic !== MAGIC || words[WORDS - 1] !== crc32(bytes.subarray(0, CHECKED_BYTES))) return undefined;
  const digest = Buffer.from(words.buffer, 12, DIGEST_DIGITS / 2).toString('hex');
  return { digest, dataBytes, dataChecksum };
};

/** The latent's bytes of a record read whole; nothing when a bit is not what was written under that digest. */
export const decodeRecord = (record: Uint8Array, digest: string): Uint8Array | undefined => {
  const header = decodeHeader(record);
  const data = record.subarray(HEADER_BYTES);
  const isWhole = header?.digest === digest && header.dataBytes === data.byteLength;
  return isWhole && header.dataChecksum === crc32(data) ? data : undefined;
};
