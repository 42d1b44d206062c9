import type { Embedder } from '../../apps/anonymise/embedder.ts';
import { embedPictures, noneReadable } from '../../apps/anonymise/look.ts';
import { stackPictures } from '../../apps/anonymise/pictures.ts';
import type { Picture } from '../../apps/anonymise/regions/regions.ts';
import type { Originals } from '../../apps/anonymise/run.ts';
import type { Model } from '../../models/model.ts';
import { resizePixels } from '../../tensors/resize.ts';
import { type Cost, describeCost, memoryFor, secondsOf } from '../cost.ts';
import { describeBytes } from '../numbers.ts';
import { costOfReturns } from '../returnCost.ts';
import type { Asked } from './options.ts';

/** What a run takes, and how much of the disk. */
export type AnonymiseCost = Cost & { readonly diskBytes: number };

export type Estimating = {
  readonly originals: Originals;
  readonly embed: Embedder;
  readonly judge: Embedder;
  readonly asked: Asked;
};

/** Images that are tried. */
const TRIED = 4;

/** As many returns as attacks make of each image that they are tried on, and those of the replayed ones. */
const [ATTACKS, REPLAYS] = [2, 200];

/**
 * What it takes to look at all images, choose, copy, judge and attack: a few images are looked at, and thrown.
 *
 * @throws ArgumentError `no-images` where none can be read; EnvironmentError `too-little-memory`.
 */
export const estimateAnonymising = async (model: Model, estimating: Estimating): Promise<AnonymiseCost> => {
  const { originals, embed, judge, asked } = estimating;
  const { count } = originals;
  const some = await firstPictures(originals);
  const sample = Math.min(asked.sample, Math.ceil(count / 2));
  const throws = asked.per === 'set' ? 1 : Math.ceil(asked.strengths.length / 2);
  const attacked = asked.attacks ? Math.ceil(sample / 4) : 0;
  const chosen = asked.strengths.length * sample * (asked.per === 'set' ? 1 : 2);
  const returns = chosen + throws * count + ATTACKS * attacked + (asked.attacks ? REPLAYS : 0);
  const looks = {
    embed: count + chosen + (asked.per === 'set' ? 0 : throws * count),
    judge: 2 * count + ATTACKS * attacked,
  };
  const size = [model.imageShape[0], model.imageShape[1]] as const;
  const fitted = some.map(({ pixels, shape }) => ({
    pixels: resizePixels(pixels, shape, size),
    shape: model.imageShape,
  }));
  const images = stackPictures(fitted);
  const strengths = asked.strengths.slice(0, 1);
  const timed = { images, way: asked.way, strengths, variants: 1, count: returns };
  const { evaluations, seconds } = await costOfReturns(model, timed).finally(() => images.dispose());
  const each = async (by: Embedder): Promise<number> =>
    (await secondsOf(() => embedPictures(some, by, 'originals'))) / some.length;
  const looking = (await each(embed)) * looks.embed + (await each(judge)) * looks.judge;
  const [{ shape }] = some as readonly [Picture];
  const pixels = shape[0] * shape[1] * shape[2];
  return {
    evaluations,
    seconds: seconds + looking,
    memoryBytes: memoryFor(sample * pixels * 2 * Float32Array.BYTES_PER_ELEMENT),
    diskBytes: count * (pixels + BYTES_SEEN),
  };
};

/** Of each image in the journal: vectors of originals and copies. */
const BYTES_SEEN = 16_000;

const firstPictures = async ({ count, read }: Originals): Promise<readonly Picture[]> => {
  const some: Picture[] = [];
  let [first, readable]: [string | undefined, number] = [undefined, 0];
  for await (const { picture, fault } of read(Array.from({ length: count }, (_, place) => place))) {
    first ??= fault;
    readable += Number(fault === undefined);
    if (picture && (!some[0] || String(some[0].shape) === String(picture.shape))) some.push(picture);
    if (some.length === TRIED || readable === 8 * TRIED) return some;
  }
  if (some.length === 0) throw noneReadable(count, first);
  return some;
};

export const describeAnonymising = (cost: AnonymiseCost): string =>
  `${describeCost(cost)}, and ${describeBytes(cost.diskBytes)} of disk at most`;
