import type { SeedPath } from '../random.ts';

/** What an image is called. The caller's keys must name the same image in every epoch. */
export type ImageKey = string | number;

/** Where the random numbers of a variant come from: nothing else decides them. */
export type Address = {
  readonly seed: string | number;
  /** The image. */
  readonly key: ImageKey;
  /** Which of the image's variants. */
  readonly variant: number;
  /** Of the noise on the way back. */
  readonly epoch: number;
  /** Of the noise that the image is thrown into: the first of the epochs that share a throw. */
  readonly throwEpoch: number;
};

/** Where the noise of a throw is drawn. */
export const throwPath = ({ seed, key, throwEpoch, variant }: Address): SeedPath => [
  seed,
  key,
  'throw',
  throwEpoch,
  variant,
];

/** Where the fresh noise of a step is drawn; `shared` steps belong to the throw and are the same in all its epochs. */
export const stepPath = (address: Address, step: number, shared: boolean): SeedPath => {
  const { seed, key, epoch, throwEpoch, variant } = address;
  return [seed, key, 'step', shared ? throwEpoch : epoch, variant, step];
};
