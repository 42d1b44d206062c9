import { readFile } from 'node:fs/promises';
import { headerEnd, parseHeader, parseSafetensors } from '../../checkpoints/safetensors.ts';
import { naming } from '../../checkpoints/weightFiles.ts';
import { writeSafetensors } from '../../checkpoints/writeSafetensors.ts';
import { CheckpointError } from '../../errors.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import type { Latents } from '../../train/encodeImages.ts';
import { writeWhole } from '../output.ts';

/** Where the latents of a data set lie beside the state of a run, so that a run that goes on need not make them again. */
export const LATENTS_FILE = 'latents.safetensors';

/** What the images became that are learned from. */
export type EncodedImages = {
  readonly latents: Latents;
  /** What they are multiplied by. */
  readonly scale: number;
};

const FORMAT = 'boomerang-latents-1';

/** Once this file is there, the autoencoder has learned, and stays as it is. @throws EnvironmentError `bad-output`. */
export const writeLatents = async (path: string, { latents, scale }: EncodedImages): Promise<void> => {
  const parts = { plain: latents.plain, mirrored: latents.mirrored };
  const [height, width, channels] = latents.latentShape;
  const tensors = Object.entries(parts).flatMap(([name, data]) => {
    if (data === undefined) return [];
    const shape = [data.length / (height * width * channels), height, width, channels];
    return [[name, { dtype: 'F32' as const, shape, data }] as const];
  });
  await writeWhole(path, writeSafetensors(new Map(tensors), { format: FORMAT, scale: JSON.stringify(scale) }));
};

/**
 * Reads latents back; undefined if there are none.
 *
 * @throws CheckpointError `bad-safetensors`, `bad-training-state` for another file.
 */
export const readLatents = async (path: string): Promise<EncodedImages | undefined> => {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CheckpointError('bad-training-state', `cannot read ${path}: ${error.message}`);
  });
  return bytes && naming(path, () => latentsIn(bytes));
};

const latentsIn = (bytes: Uint8Array): EncodedImages => {
  const { metadata } = parseHeader(bytes.subarray(0, headerEnd(bytes, bytes.byteLength)), bytes.byteLength);
  const tensors = parseSafetensors(bytes);
  const plain = tensors.get('plain');
  const scale = Number(metadata.get('scale'));
  if (metadata.get('format') !== FORMAT || plain === undefined || !(scale > 0)) {
    throw new CheckpointError('bad-training-state', 'it holds no latents of a training; remove it');
  }
  const latentShape = plain.shape.slice(1) as unknown as ImageShape;
  const mirrored = tensors.get('mirrored')?.data as Float32Array | undefined;
  return {
    latents: { latentShape, plain: plain.data as Float32Array, ...(mirrored ? { mirrored } : {}) },
    scale,
  };
};
