import * as tf from '@tensorflow/tfjs-core';
import type { Condition, Model } from '../../models/model.ts';
import { stackEmbeddings } from '../../models/textSpace.ts';
import { imageNoise } from '../../tensors/noise.ts';
import type { WalkedImages } from './walkedImages.ts';

/** As `EpsilonErrorOptions`: labels and prompts are those of all images of the data. */
export type ErrorBatch = {
  readonly seed: string | number;
  readonly labels?: readonly number[] | undefined;
  readonly prompts?: readonly string[] | undefined;
  readonly guidance?: number | undefined;
  readonly places: readonly number[];
  /** One for each place. */
  readonly timesteps: readonly number[];
};

/** The mean squared error of epsilon of each image of a batch. */
export const batchErrors = async (
  model: Model,
  images: WalkedImages,
  batch: ErrorBatch,
): Promise<ArrayLike<number> & Iterable<number>> => {
  const made: tf.Tensor[] = [];
  const own = <T extends tf.Tensor>(tensor: T): T => {
    made.push(tensor);
    return tensor;
  };
  const { places, timesteps, seed } = batch;
  try {
    const clean = own(await images.at(places));
    const noise = own(
      imageNoise(
        places.map((place) => [seed, 'error noise', place]),
        images.shape,
      ),
    );
    const shares = sharesOf(model, timesteps);
    const noisy = own(
      tf.tidy(() => tf.add<tf.Tensor4D>(tf.mul(clean, shares.signal()), tf.mul(noise, shares.spread()))),
    );
    const { embeddings, ...others } = await conditionOf(model, batch);
    if (embeddings) own(embeddings);
    const condition = { ...others, ...(embeddings ? { embeddings } : {}) };
    const output = own(await model.predictAsync(noisy, timesteps, condition));
    const meanings = {
      epsilon: () => output,
      sample: () => tf.div(tf.sub(noisy, tf.mul(output, shares.signal())), shares.spread()),
      v_prediction: () => tf.add(tf.mul(output, shares.signal()), tf.mul(noisy, shares.spread())),
    };
    const meant = meanings[model.scheduler.prediction];
    return await own(tf.tidy(() => tf.mean(tf.squaredDifference(meant(), noise), [1, 2, 3]))).data<'float32'>();
  } finally {
    tf.dispose(made);
  }
};

/** How much of the image and of the noise there is at timesteps, as columns for a batch. */
const sharesOf = ({ scheduler }: Model, timesteps: readonly number[]) => {
  const shares = timesteps.map((timestep) => scheduler.schedule.alphaBar[timestep] as number);
  const column = (of: (share: number) => number) => (): tf.Tensor4D =>
    tf.tensor4d(shares.map(of), [shares.length, 1, 1, 1]);
  return { signal: column(Math.sqrt), spread: column((share) => Math.sqrt(1 - share)) };
};

/** What the network is told of a batch. */
const conditionOf = async (
  { text, takesGuidance }: Model,
  { places, labels, prompts, guidance }: ErrorBatch,
): Promise<Exclude<Condition, number | ArrayLike<number> | tf.Tensor1D>> => {
  const rows = await text?.embedAsync(places.map((place) => prompts?.[place] ?? ''));
  return {
    ...(labels ? { labels: places.map((place) => labels[place] as number) } : {}),
    ...(text && rows ? { embeddings: stackEmbeddings(rows, text) } : {}),
    ...(takesGuidance && guidance !== undefined ? { guidance } : {}),
  };
};
