import type { Model } from '../../models/model.ts';
import { boomerang } from '../../returns/boomerang.ts';
import type { BoomerangOptions } from '../../returns/boomerangOptions.ts';
import { picturesOf, stackPictures } from './pictures.ts';
import { cutPatches, type Patch } from './regions/cutPatches.ts';
import { pastePatches } from './regions/pastePatches.ts';
import type { Picture, Regions } from './regions/regions.ts';
import { secretName } from './secret.ts';

/** How pictures return: as `boomerang`, but for what anonymising decides itself. */
export type Way = Pick<
  BoomerangOptions,
  'steps' | 'solver' | 'eta' | 'spacing' | 'guidance' | 'negativePrompt' | 'signal'
> & { readonly prompt?: string | undefined };

/** A picture that is to be thrown. */
export type Throw = {
  readonly picture: Picture;
  readonly regions: Regions;
  /** Decides its noise, and nothing else does: equal keys and pictures give equal copies. */
  readonly key: string;
  readonly strength: number;
  /** The class that it returns to; the null label where absent. */
  readonly label?: number | undefined;
};

/** All that is secret is in the keys. */
const SEED = 'anonymise';

type Job = Omit<Throw, 'picture' | 'regions'> & { readonly patch: Patch; pixels?: Float32Array };

/**
 * Throws pictures of any size, or regions of them, and brings them back.
 *
 * @returns for each new pixels in [0, 1] of the picture's shape.
 * @throws what `cutPatches` and `boomerang` throw.
 */
export const throwPictures = async (model: Model, throws: readonly Throw[], way: Way): Promise<Float32Array[]> => {
  const jobs = throws.map(({ picture, regions, key, ...how }) =>
    cutPatches(picture, regions, { model: model.imageShape }).map(
      (patch, n): Job => ({ ...how, patch, key: n === 0 ? key : secretName(key, n) }),
    ),
  );
  const all = jobs.flat();
  for (const strength of new Set(throws.map((one) => one.strength))) {
    const alike = all.filter((job) => job.strength === strength);
    const [told, others] = [alike.filter(isTold), alike.filter((job) => !isTold(job))];
    await bringBack(model, told, { ...way, strength, labels: told.map(({ label }) => label as number) });
    await bringBack(model, others, { ...way, strength });
  }
  return throws.map(({ picture }, n) => {
    const own = jobs[n] as readonly Job[];
    return pastePatches(
      picture,
      own.map(({ patch }) => patch),
      own.map(({ pixels }) => pixels as Float32Array),
    );
  });
};

const isTold = ({ label }: Job): boolean => label !== undefined;

const bringBack = async (
  model: Model,
  jobs: readonly Job[],
  way: Way & Pick<BoomerangOptions, 'strength' | 'labels'>,
): Promise<void> => {
  if (jobs.length === 0) return;
  const images = stackPictures(jobs.map(({ patch }) => patch));
  try {
    const made = await boomerang(model, images, { ...way, seed: SEED, keys: jobs.map(({ key }) => key) });
    const pictures = await picturesOf(made).finally(() => made.dispose());
    for (const [n, job] of jobs.entries()) job.pixels = (pictures[n] as Picture).pixels;
  } finally {
    images.dispose();
  }
};
