import { type Dataset, generator } from '@tensorflow/tfjs-data';
import * as v from 'valibot';
import { checkOptions, count, flag, type OptionsOf, oneOf, seedRule } from '../../../checks.ts';
import { ArgumentError } from '../../../errors.ts';
import { shuffled } from '../../../random.ts';
import { bankDraw } from '../../../transforms/boomerang/bankDraw.ts';
import { isPair } from '../plan.ts';
import { type Draw, readDrawn } from './drawnSample.ts';
import type { RunImages } from './gatherImages.ts';
import type { OpenRun } from './openRun.ts';
import type { ReadLater } from './reading.ts';
import { type BankElement, sampleElement } from './sampleElement.ts';

export const bankDatasetSchema = v.strictObject({
  /** Images in an element; the last one may have fewer. @defaultValue none: each image is an element */
  batch: v.optional(count()),
  /** A seed: every pass has an order of its own, and equal seeds give equal orders. @defaultValue the order of the data */
  shuffle: v.optional(seedRule),
  /**
   * `one`: a variant of each image in a pass, which one decides the seed of the run with the image and the pass, as
   * `boomerangAugment` draws for whole numbers. `all`: every variant in every pass. @defaultValue 'one'
   */
  draw: v.optional(oneOf('one', 'all')),
  /** Whether images come before their variants as they were; for a run with originals or pairs. @defaultValue false */
  originals: v.optional(flag),
  /** The number of the first pass, for a training that goes on. @defaultValue 0 */
  epoch: v.optional(count(0)),
});

/** @interface */
export type BankDatasetOptions = OptionsOf<typeof bankDatasetSchema>;

/** @throws ArgumentError `unknown-option`, `bad-batch`, `bad-shuffle`, `unknown-draw`, `bad-epoch`, `no-originals`. */
export const bankDataset = (
  run: OpenRun,
  { images, later }: { readonly images: RunImages; readonly later: ReadLater },
  options: BankDatasetOptions,
): Dataset<BankElement> => {
  checkOptions('dataset of a bank', bankDatasetSchema, options);
  const { batch, shuffle, epoch = 0 } = options;
  const { each, drawAt } = draws(run, images, options);
  const length = images.places.length * each;
  let passes = epoch;
  const elements = async function* (): AsyncGenerator<BankElement> {
    const pass = passes;
    passes += 1;
    const inOrder = Array.from({ length }, (_, n) => n);
    const order = shuffle === undefined ? inOrder : shuffled(inOrder, [shuffle, 'order', pass]);
    for (let at = 0; at < length; at += batch ?? 1) {
      const drawn = order.slice(at, at + (batch ?? 1)).map((n) => later(readDrawn(run, drawAt(n, pass))));
      yield sampleElement(await Promise.all(drawn), run.plan, batch !== undefined);
    }
  };
  const dataset = generator(elements as never) as unknown as Dataset<BankElement>; // typed for iterators, takes generators
  return Object.assign(dataset, { size: Math.ceil(length / (batch ?? 1)) });
};

type Draws = {
  /** Samples of each image in a pass. */
  readonly each: number;
  /** The sample that is the nth of a pass. */
  readonly drawAt: (n: number, pass: number) => Draw;
};

const draws = ({ place, plan }: OpenRun, { keys, places }: RunImages, options: BankDatasetOptions): Draws => {
  const { draw = 'one', originals = false } = options;
  if (originals && !plan.originals && !isPair(plan)) {
    const rule = `the run in ${place} has no originals`;
    throw new ArgumentError('no-originals', `${rule}; run it again with --include-originals, or leave that out`);
  }
  const seed = plan.augment.options['seed'] as string | number;
  const before = originals ? 1 : 0;
  const each = before + (draw === 'all' ? plan.variants : 1);
  const drawAt = (n: number, pass: number): Draw => {
    const image = places[Math.floor(n / each)] as number;
    const own = (n % each) - before;
    if (own < 0) return { place: image, variant: 'original' };
    if (draw === 'all') return { place: image, variant: own };
    return { place: image, variant: bankDraw({ seed, key: keys.keyAt(image) as string, epoch: pass }, plan.variants) };
  };
  return { each, drawAt };
};
