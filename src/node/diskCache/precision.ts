import { float16ToFloat32, float32ToFloat16 } from '../../checkpoints/halfFloat.ts';
import { type LatentPrecision, roundedToFloat16 } from '../../returns/precision.ts';

/** How the numbers of a latent are kept. */
export type Precision = {
  encode(latent: Float32Array): Encoded;
  /** @param data starts at a multiple of 4 bytes; float32 numbers are a view of it. */
  decode(data: Uint8Array): Float32Array;
};

type Encoded = {
  /** What is written; nothing for a latent that cannot be kept. */
  readonly data: Uint8Array | undefined;
  /** What will be read. */
  readonly latent: Float32Array;
};

/** By name. A float16 goes up to 65504: a latent beyond is not kept, so that it stays what it is. */
export const PRECISIONS: Readonly<Record<LatentPrecision, Precision>> = {
  float32: {
    encode: (latent) => ({ data: bytesOf(latent), latent }),
    decode: (data) => new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4),
  },
  float16: {
    encode: (latent) => {
      const rounded = roundedToFloat16(latent);
      return rounded === latent
        ? { data: undefined, latent }
        : { data: bytesOf(float32ToFloat16(latent)), latent: rounded };
    },
    decode: (data) => float16ToFloat32(new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)),
  },
};

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
