import { EnvironmentError } from '../errors.ts';
import { activationBytes, type Way } from '../networks/activationBytes.ts';
import type { Architecture } from '../networks/architecture.ts';
import { parameterShapes } from '../networks/parameterShapes.ts';
import { tell } from '../warn.ts';
import type { ModelFacts } from './model.ts';
import type { Networks } from './networks.ts';

/** What a network takes of memory, in bytes. */
export type NetworkNeeds = {
  /** Its weights, as float32. */
  readonly weights: number;
  /** Beside them, while it runs on one image. */
  readonly image: number;
  /** The same where an autoencoder runs in bands, on tfjs. */
  readonly bands?: number;
};

/** By the part of a model; see `Networks`. */
export type MemoryNeeds = Readonly<Partial<Record<'denoiser' | 'encoder' | 'decoder' | 'text', NetworkNeeds>>>;

type Shapes = Pick<ModelFacts, 'imageShape' | 'latentShape'>;

/** What the networks of a model take, from their shapes alone. */
export const memoryNeeds = (
  { denoiser, autoencoder, text }: Networks,
  { imageShape, latentShape = imageShape }: Shapes,
): MemoryNeeds => {
  const tokens = text?.tokenizer.length ?? 1;
  const at = ([height, width]: readonly number[]) => ({ height: height ?? 1, width: width ?? 1, tokens });
  const needs = (architecture: Architecture, shape: readonly number[]): NetworkNeeds => ({
    weights: weightBytes(architecture),
    image: activationBytes(architecture, at(shape)),
  });
  const coding = (architecture: Architecture, shape: readonly number[]): NetworkNeeds => ({
    ...needs(architecture, shape),
    bands: activationBytes(architecture, at(shape), 'bands'),
  });
  return {
    denoiser: needs(denoiser.architecture, latentShape),
    ...(autoencoder
      ? { encoder: coding(autoencoder.encoder, imageShape), decoder: coding(autoencoder.decoder, latentShape) }
      : {}),
    ...(text ? { text: needs(text.architecture, [1, 1]) } : {}),
  };
};

const weightBytes = (architecture: Architecture): number => {
  const sizes = [...parameterShapes(architecture).values()].map((shape) => shape.reduce((a, b) => a * b, 1));
  return sizes.reduce((sum, size) => sum + size, 0) * Float32Array.BYTES_PER_ELEMENT;
};

/** All weights, and the dearest of the networks at work on one image. */
export const wholeNeeds = (needs: MemoryNeeds, way: Way = 'whole'): NetworkNeeds => {
  const all = Object.values(needs);
  const held = ({ image, bands = image }: NetworkNeeds): number => (way === 'bands' ? bands : image);
  return {
    weights: all.reduce((sum, { weights }) => sum + weights, 0),
    image: all.reduce((most, one) => Math.max(most, held(one)), 0),
  };
};

/** From so many bytes on a model says what it takes. */
const WORTH_SAYING = 1e9;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

const describeNeeds = (name: string, { weights, image }: NetworkNeeds): string =>
  `${name} takes about ${gigabytes(weights + image)} of memory, ${gigabytes(weights)} of it for weights`;

/** How much memory there is, and for which engine. */
export type Memory = {
  /** Bytes that can be had. */
  readonly most: number;
  readonly engine: 'onnx' | 'tfjs';
};

/** @throws EnvironmentError `too-little-memory` for a model that cannot fit. */
export const refuseTooLarge = (name: string, needs: NetworkNeeds, { most, engine }: Memory): void => {
  if (needs.weights + needs.image <= most) return;
  const remedy =
    `open it for smaller images ({ imageSize: 256 }), ${engine === 'tfjs' ? 'with the ONNX engine, ' : ''}take a smaller ` +
    'model (a distilled one, with an AutoencoderTiny), or a machine with more memory';
  throw new EnvironmentError(
    'too-little-memory',
    `${describeNeeds(name, needs)}, and there are ${gigabytes(most)}; ${remedy}`,
  );
};

/**
 * Says beforehand what a large model takes, and refuses one that cannot fit.
 *
 * @throws EnvironmentError `too-little-memory`.
 */
export const announceMemory = (name: string, needs: NetworkNeeds, memory: Memory): void => {
  refuseTooLarge(name, needs, memory);
  if (needs.weights + needs.image > WORTH_SAYING) tell(describeNeeds(name, needs));
};

/** Images that a network is to run on at once: what batching gains is not worth more memory than this. */
export const batchWithin = ({ image }: NetworkNeeds): number =>
  Math.max(1, Math.min(MOST_BATCH, Math.floor(BATCH_BYTES / image)));

const MOST_BATCH = 16;
const BATCH_BYTES = 2 ** 31;
