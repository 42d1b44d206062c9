import { ArgumentError } from '../../../errors.ts';
import type { SaidName } from '../../../returns/cacheNames.ts';
import type { RunImages } from './gatherImages.ts';
import type { OpenRun } from './openRun.ts';

export type Asked = {
  readonly said: SaidName;
  readonly images: RunImages;
  /** Images that are the one that was asked for, by its pixels. */
  readonly places: readonly number[];
};

/** Says why a run has not got a variant: by the first of what differs. */
export const notInBank = (run: OpenRun, { said, images, places }: Asked): ArgumentError => {
  const { place, plan } = run;
  const bank = `the bank ${place}`;
  const { seed } = plan.augment.options;
  if (said.modelDigest !== plan.model.digest) {
    const rule = `${bank} is of model ${plan.model.digest}, and the augmenter has ${said.modelDigest}`;
    return refusal(`${rule}; open the model that the run was made with`);
  }
  if (said.seed !== seed) {
    return refusal(
      `${bank} was made with the seed ${JSON.stringify(seed)}, and the augmenter has ${JSON.stringify(said.seed)}; take the same`,
    );
  }
  if (said.digest !== undefined) {
    const rule = `the image "${said.key}" was named or changed before it came to the augmenter`;
    return refusal(`${rule}, and ${bank} knows images by their pixels; leave out keys, and put the augmenter first`);
  }
  const [first] = places;
  if (first === undefined) return refusal(absence(bank, run, { said, images, places }));
  const variant = said.variant % plan.variants;
  const shard = run.shardsFrom(first - (first % plan.shardImages)).find((one) => one.variant === variant);
  if (shard === undefined)
    return refusal(
      `${bank} is not finished, and has no variant ${variant} of the image at place ${first} yet; run the same again`,
    );
  const failed = images.failed.get(first);
  if (failed) return refusal(`${bank} could not make variants of ${failed.name}: ${failed.why}; leave that image out`);
  return refusal(otherWay(bank, run, said));
};

const absence = (bank: string, { plan, index }: OpenRun, { said, images }: Asked): string => {
  const { count, digest } = plan.data;
  const some = images.failed.size > 0 ? `, of which ${images.failed.size} failed` : '';
  const rest = index === undefined ? ', and is not finished' : '';
  const rule = `${bank} has no image ${said.key}: it is of ${count} images (data ${digest})${some}${rest}`;
  return `${rule}; give it images of the run as they are, int32 of 0 to 255, or float32 divided by 255`;
};

/** Options that are no part of how a variant is made, or were compared before. */
const ELSEWHERE: ReadonlySet<string> = new Set(
  'seed bank mode labels softLabels probability select fit distance tries epochs'.split(' '),
);

const otherWay = (bank: string, { plan }: OpenRun, { variant, sigma, solver, steps, key }: SaidName): string => {
  const { options } = plan.augment;
  if (variant >= plan.variants) {
    const rule = `filters want another variant of image ${key} than ${bank} tried`;
    return `${rule}; set the filters and tries of the run, or { tries: 1 }, by which such an image stays as it is`;
  }
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !ELSEWHERE.has(name)));
  const rule = `${bank} threw its images otherwise, with ${JSON.stringify(own)}`;
  const asked = `${steps} steps of ${solver} from noise of ${sigma.toPrecision(4)}`;
  return `${rule}, and the augmenter asks for ${asked}; give it the options of the run, as augmentFrom(bank.plan.augment, …) does`;
};

const refusal = (rule: string): ArgumentError => new ArgumentError('not-in-bank', rule);
