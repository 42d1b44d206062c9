import * as tf from '@tensorflow/tfjs-core';
import { enlarged } from '../../src/apps/enhance/degrade/enlarged.ts';
import { bicubic, blockMeans, type EnhanceOptions, enhance, type Model } from '../../src/index.ts';
import { type Enlarger, openLanczos } from './peers.ts';

/** Images of one kind and one size, made smaller in one way. */
export type Enlarging = {
  readonly name: string;
  readonly factor: number;
  /** By what they were made smaller. */
  readonly degrade: 'bicubic' | 'mean';
};

/** Images as they were, and as they are seen, float32 `[N, H, W, C]` in [0, 1], with a name for each. */
export type Pair = { readonly truth: tf.Tensor4D; readonly seen: tf.Tensor4D; readonly keys: readonly number[] };

/** What is made of what is seen, in [0, 1], in place of what is true; and network calls for each image. */
export type Way = {
  readonly name: string;
  enlarge(seen: tf.Tensor4D, keys: readonly number[]): Promise<{ images: tf.Tensor4D; evaluations: number }>;
};

type Throws = readonly { readonly strength: number; readonly steps: number }[];

const BACK_PROJECTIONS = 5;

/** What needs no network. Lanczos is of `pica`, where that is in the folder with what others made. */
export const plainWays = async (enlarging: Enlarging, peers: string | undefined): Promise<readonly Way[]> => {
  const lanczos = await openLanczos(peers);
  const way = (name: string, enlarge: (seen: tf.Tensor4D) => Promise<tf.Tensor4D>): Way => ({
    name,
    enlarge: async (seen) => ({ images: await enlarge(seen), evaluations: 0 }),
  });
  return [
    way('bicubic', async (seen) => enlarged(seen, sizeOf(seen, enlarging))),
    ...(lanczos ? [way('Lanczos', (seen) => lanczos(seen, sizeOf(seen, enlarging)))] : []),
    way(BASELINE, async (seen) => backProjected(seen, enlarging)),
  ];
};

const sizeOf = ({ shape }: tf.Tensor4D, { factor }: Enlarging) => [shape[1] * factor, shape[2] * factor] as const;

export const BASELINE = `bicubic, ${BACK_PROJECTIONS} back-projections`;

/** Made smaller as a degradation says, and rounded to the 256 steps of a file. */
export const seenOf = (truth: tf.Tensor4D, enlarging: Enlarging): tf.Tensor4D =>
  tf.tidy(() => rounded(degradationOf(truth, enlarging).degrade(truth)));

export const rounded = (images: tf.Tensor4D): tf.Tensor4D =>
  tf.tidy(() => tf.div(tf.round(tf.mul(tf.clipByValue(images, 0, 1), 255)), 255));

export const degradationOf = ({ shape }: tf.Tensor4D, { factor, degrade }: Enlarging) =>
  ({ bicubic, mean: blockMeans })[degrade](factor).of([shape[1], shape[2], shape[3]]);

/**
 * Cubic, then again and again the enlarged difference of what is seen to what it would be seen as.
 *
 * @see Irani and Peleg 1991, "Improving resolution by image registration", section 3.
 */
const backProjected = (seen: tf.Tensor4D, enlarging: Enlarging): tf.Tensor4D =>
  tf.tidy(() => {
    const size = sizeOf(seen, enlarging);
    let images = enlarged(seen, size);
    const { degrade } = degradationOf(images, enlarging);
    for (let round = 0; round < BACK_PROJECTIONS; round += 1)
      images = tf.add(images, enlarged(tf.sub(seen, degrade(images)), size));
    return tf.clipByValue(images, 0, 1);
  });

/** Networks that others trained for photographs; of grey images they get three equal channels, and the mean of theirs counts. */
export const peerWays = (enlargers: readonly Enlarger[]): readonly Way[] =>
  enlargers.map(({ name, enlarge }) => ({
    name,
    enlarge: async (seen) => ({
      images: tf.tidy(() => {
        const isGrey = seen.shape[3] === 1;
        const large = enlarge(isGrey ? tf.tile(seen, [1, 1, 1, 3]) : seen);
        return tf.clipByValue(isGrey ? tf.mean<tf.Tensor4D>(large, 3, true) : large, 0, 1);
      }),
      evaluations: 1,
    }),
  }));

export const OURS = 'ours, 15 throws (as shipped)';
export const OURS_MEAN = 'ours, the mean of 4';
export const fromNoise = (steps: number): string => `DDNM from noise, ${steps} steps`;

const [one, two, three]: readonly [Throws, Throws, Throws] = [
  [{ strength: 0.3, steps: 15 }],
  [
    { strength: 0.4, steps: 8 },
    { strength: 0.2, steps: 7 },
  ],
  [0.4, 0.3, 0.2].map((strength) => ({ strength, steps: 5 })),
];

/** How much of what could be tried is tried: network calls are what takes long. */
export type Effort = {
  /** From noise with so many steps. */
  readonly noiseSteps: readonly number[];
  /** Whether few throws of several steps are tried too. */
  readonly hasFewThrows: boolean;
  readonly samples: number;
};

/** Ours, and from noise as DDNM does: the same projection in every step, eta 0.85, with the same model. */
export const modelWays = (model: Model, { factor, degrade }: Enlarging, effort: Effort): readonly Way[] => {
  const way = (name: string, options: Partial<EnhanceOptions>): Way => ({
    name,
    async enlarge(seen, keys) {
      const { images, uncertainty, evaluations } = await enhance(model, seen, {
        ...{ factor, degrade, seed: 'benchmark', keys },
        ...options,
      });
      uncertainty?.dispose();
      return { images, evaluations };
    },
  });
  const noise = (steps: number): Way =>
    way(fromNoise(steps), { cascade: [{ strength: 1, steps }], solver: 'ddim', spacing: 'trailing', eta: 0.85 });
  const few = [
    way('ours, 1 throw', { cascade: one }),
    way('ours, 2 throws', { cascade: two }),
    way('ours, 3 throws', { cascade: three }),
  ];
  return [
    ...effort.noiseSteps.map(noise),
    ...(effort.hasFewThrows ? few : []),
    way(OURS, {}),
    ...(effort.samples > 1 ? [way(OURS_MEAN, { samples: effort.samples })] : []),
  ];
};
