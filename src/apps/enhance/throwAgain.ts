import type { Model } from '../../models/model.ts';
import type { ImageKey } from '../../returns/address.ts';
import type { Aim } from '../../returns/aim.ts';
import type { Correction } from '../../returns/correction.ts';
import { driveAsync } from '../../returns/drive.ts';
import { fly } from '../../returns/flight.ts';
import { readImages } from '../../returns/images.ts';
import type { ReturnPlan } from '../../returns/plan.ts';
import type { Throw } from '../../returns/throw.ts';

/** Images that go through a cascade together. */
export type Cascade = {
  readonly model: Model;
  /** Of each throw. */
  readonly plans: readonly ReturnPlan[];
  readonly change: Correction['change'];
  /** Every how manyth estimate of a throw is corrected; the last always is. @defaultValue 1 */
  readonly every?: number | undefined;
  readonly seed: string | number;
  readonly keys: readonly ImageKey[];
  /** What an image returns to. */
  readonly aimOf: (plan: ReturnPlan, n: number) => Aim;
  readonly signal?: AbortSignal | undefined;
  readonly onStep: () => void;
};

/**
 * Throws images, then what came back of them, and so on.
 *
 * @param start pixels in [-1, 1], of the model's size, one image after the other; left alone.
 * @param sample which of several results: others have other noise.
 * @returns pixels in [-1, 1].
 */
export const throwAgain = async (cascade: Cascade, start: Float32Array, sample: number): Promise<Float32Array> => {
  const { model, plans, change, every = 1, signal, keys, onStep } = cascade;
  const isDue = (call: number): boolean => (call + 1) % every === 0;
  let pixels = start;
  for (const [epoch, plan] of plans.entries()) {
    const images = readImages(pixels, { count: keys.length, range: '-1..1', keys });
    const throws = images.map(
      (image, n): Throw => ({
        image,
        address: { seed: cascade.seed, key: image.key, variant: sample, epoch, throwEpoch: epoch },
        plan,
        aim: cascade.aimOf(plan, n),
      }),
    );
    const { pixels: landed } = await driveAsync(fly(model, throws, { correction: { change, isDue }, signal, onStep }));
    pixels = joined(landed);
  }
  return pixels;
};

const joined = (images: readonly Float32Array[]): Float32Array => {
  const size = images[0]?.length ?? 0;
  const pixels = new Float32Array(images.length * size);
  for (const [n, image] of images.entries()) {
    pixels.set(
      image.map((pixel) => Math.min(1, Math.max(-1, pixel))),
      n * size,
    );
  }
  return pixels;
};
