import * as tf from '@tensorflow/tfjs-core';
import { pixelsAt } from '../../../node/data/pixels.ts';
import { toBytes } from '../../../node/images.ts';
import type { VariantRecord } from '../../../returns/record.ts';
import { boomerangAugment } from '../../../transforms/boomerang/boomerangAugment.ts';
import type { Done, Variant } from '../../api.ts';
import type { Choice } from '../../choice.ts';
import type { Asked } from '../asked.ts';
import type { StudioContext } from '../context.ts';
import type { Events } from '../events.ts';
import { dataUrl, pngOf } from '../png.ts';
import type { KeptVariant } from '../variants/kept.ts';
import type { NamedImages } from '../variants/throws.ts';
import { augmentOf } from './augmentOf.ts';

type Shown = { readonly choice: Choice; readonly asked: Asked; readonly images: NamedImages };

/** Shares of a run whose epochs are shown. */
const SHARES = [0, 0.25, 0.5, 0.75, 1];

/** Shows what becomes of the picked images in some epochs of a training with the schedule. */
export const showEpochs = async (context: StudioContext, shown: Shown, events: Events): Promise<void> => {
  const { choice } = shown;
  const last = choice.schedule.epochs - 1;
  let [seconds, made] = [0, 0];
  for (const epoch of new Set(SHARES.map((share) => Math.round(share * last)))) {
    const nameOf = (image: number): string => nameIn(choice, epoch, image);
    const missing = choice.images.filter((image) => context.variants.get(nameOf(image)) === undefined);
    if (missing.length > 0) {
      await context.turns.take(events.signal, async () => {
        const began = performance.now();
        const changed = await changeImages(context, shown, { epoch, missing, signal: events.signal });
        for (const { image, ...variant } of changed) context.variants.set(nameOf(image), variant);
        seconds += (performance.now() - began) / 1000;
        made += changed.filter(({ strength }) => strength > 0).length;
      });
    }
    for (const image of choice.images) {
      const kept = context.variants.get(nameOf(image));
      if (!kept) continue;
      const isKept = !missing.includes(image);
      await events.send('variant', { ...kept, image, variant: 0, epoch, isKept } satisfies Variant);
    }
  }
  await events.send('done', (made > 0 ? { secondsPerThousand: (1000 * seconds) / made } : {}) satisfies Done);
};

const nameIn = ({ seed, way, schedule }: Choice, epoch: number, image: number): string =>
  JSON.stringify(['epochs', seed, way, schedule, epoch, image]);

type Changing = { readonly epoch: number; readonly missing: readonly number[]; readonly signal: AbortSignal };

const changeImages = async (
  context: StudioContext,
  { choice, asked, images }: Shown,
  { epoch, missing, signal }: Changing,
): Promise<(KeptVariant & { readonly image: number })[]> => {
  const { data } = context;
  const used = new Map<string | number, VariantRecord>();
  const labels = missing.map((image) => asked.told?.[data.labels[image] as number] ?? 0);
  const augment = boomerangAugment({
    ...augmentOf(context, { choice, asked }, () => labels),
    signal,
    onVariant: (record) => void used.set(record.key, record),
  });
  const element = tf.tensor4d(pixelsAt(data, missing), [missing.length, ...data.imageShape]);
  const changed = await augment.async(element, { epoch }); // which disposes the element where it fails
  const pixels = await changed.data<'float32'>();
  tf.dispose(changed === element ? [element] : [changed, element]);
  const size = pixels.length / missing.length;
  return Promise.all(
    missing.map(async (image, n) => {
      const record = used.get(images.named(image).key);
      const png = await pngOf(toBytes(pixels.subarray(n * size, (n + 1) * size)), data.imageShape);
      return { image, url: dataUrl(png), strength: strengthIn(record), distance: record?.distance ?? 0 };
    }),
  );
};

/** As it was asked for, where that is a share; 0 where nothing was thrown. */
const strengthIn = (record: VariantRecord | undefined): number =>
  typeof record?.asked === 'number' ? record.asked : (record?.strength ?? 0);
