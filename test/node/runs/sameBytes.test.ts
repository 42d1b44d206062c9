import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import type { LabelledImages } from '../../../src/node/data/labelledImages.ts';
import { openKeep } from '../../../src/node/runs/keepFrom.ts';
import { type Labelling, labelling } from '../../../src/node/runs/labelling.ts';
import type { FormatName } from '../../../src/node/runs/plan.ts';
import { sampleId } from '../../../src/node/runs/plan.ts';
import type { RunAugment } from '../../../src/node/runs/planRun.ts';
import type { VariantRecord } from '../../../src/returns/record.ts';
import { boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../../src/transforms/boomerang/options.ts';
import { toldWhile } from '../../support/said.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { stripes, writeIdx } from '../../support/stripes.ts';
import { expectNoLeak } from '../../support/tensors.ts';
import { type Found, makeRun, openModel, samplesIn, writeFolders, writeNaive } from './running.ts';

type Row = {
  readonly format: FormatName;
  readonly augment?: Partial<RunAugment>;
  readonly originals?: boolean;
  readonly keep?: { readonly minProbability: number } | { readonly topK: number };
  /** Whether classes are those of folders, which the model numbers in another way. */
  readonly folders?: boolean;
  /** Whether there is one class alone. */
  readonly one?: boolean;
};

const ROWS: Readonly<Record<string, Row>> = {
  'plain, as WebDataset': { format: 'webdataset' },
  'a range of strengths, to their own class, as TFRecord': {
    format: 'tfrecord',
    augment: { strength: { from: 0, to: 0.6 }, conditional: true },
  },
  'pairs and originals, as IDX': { format: 'idx', originals: true, augment: { mode: 'pair' } },
  'originals and a distance that few have, in folders': {
    format: 'folder',
    originals: true,
    augment: { strength: [0.1, 0.4], distance: { min: 0.03, max: 0.09 }, tries: 2 },
  },
  'pairs with soft labels, and a classifier that passes some': {
    format: 'webdataset',
    originals: true,
    keep: { topK: 1 },
    augment: { mode: 'pair', softLabels: { gamma: 2 }, strength: { from: 0.2, to: 0.6 } },
  },
  'soft labels, a distance and a classifier, as TFRecord': {
    format: 'tfrecord',
    keep: { minProbability: 0.3 },
    augment: { softLabels: { gamma: 1 }, distance: { max: 0.14 }, tries: 2 },
  },
  'to a class that the model numbers in another way': {
    format: 'folder',
    folders: true,
    augment: { conditional: true },
  },
  'to the only class that there is': {
    format: 'tfrecord',
    one: true,
    keep: { topK: 1 },
    augment: { conditional: true },
  },
  'to such a class, with a classifier of the numbers of the data, as IDX': {
    format: 'idx',
    folders: true,
    keep: { topK: 1 },
    augment: { conditional: true, mode: 'pair' },
  },
};

const IMAGES = 6;
const VARIANTS = 2;

describe('a run makes the same bytes as the transform', () => {
  const path = scratchFolder();
  const model = openModel();

  for (const [title, row] of Object.entries(ROWS)) {
    it(title, () =>
      toldWhile(async () => {
        const { format, originals = false, folders = false, one = false } = row;
        const data = folders
          ? await writeFolders(path('data'), IMAGES)
          : writeIdx(path('data'), ofOneClass(stripes(IMAGES), one));
        const augment: RunAugment = { seed: 's', strength: 0.4, steps: 1, ...row.augment };
        const keep = row.keep && { classifier: await writeNaive(path('classifier'), one ? 1 : 2), ...row.keep };
        const options = { data, model: model(), augment, variants: VARIANTS, originals, format, shardImages: 4 };
        await expectNoLeak(() => makeRun(path('out'), { ...options, ...(keep ? { keep } : {}) }));
        const made = await samplesIn(path('out'));
        expect(made.size).to.equal(IMAGES * (VARIANTS + Number(originals)));

        const labels = labelling(
          one ? ['0'] : folders ? ['Ankle boot', 'Bag'] : ['0', '1'],
          model(),
          augment.conditional ?? false,
        );
        const judge = keep && (await openKeep(keep.classifier, { model: model(), labels, asked: keep }));
        const wanted = await transformed(
          { ...augment, model: model(), bank: VARIANTS, ...(judge ? { keep: judge.keep } : {}) },
          imagesOf(folders, one),
          labels,
        );
        judge?.dispose();
        expect([...wanted.keys()]).to.have.length.above(IMAGES); // the epochs draw both variants of some
        for (const [id, one] of wanted) expect(made.get(id), id).to.deep.equal(one);
        if ((augment.distance || keep) && !one)
          expect([...wanted.values()].filter((one) => one.unchanged)).to.not.be.empty;
        expect([...wanted.values()].filter((one) => !one.unchanged)).to.not.be.empty;
      }),
    );
  }
});

const ofOneClass = (images: LabelledImages, one: boolean): LabelledImages =>
  one ? { ...images, labels: images.labels.map(() => 0) } : images;

type Image = { readonly pixels: readonly number[]; readonly label: number };

/** Those of stripes in the order of the run's places, with the classes of the data. */
const imagesOf = (folders: boolean, one: boolean): readonly Image[] => {
  const { bytes, labels } = stripes(IMAGES);
  const places = folders ? [1, 3, 5, 0, 2, 4] : [0, 1, 2, 3, 4, 5];
  return places.map((n) => {
    const label = one ? 0 : (labels[n] as number);
    return { pixels: [...bytes.subarray(n * 784, (n + 1) * 784)], label: folders ? 1 - label : label };
  });
};

/** What the transform makes of images of whole numbers over some epochs, by the ids that samples of a run have. */
const transformed = async (
  options: Omit<AugmentOptions, 'labels'>,
  images: readonly Image[],
  told: Labelling,
): Promise<ReadonlyMap<string, Found>> => {
  const records: VariantRecord[] = [];
  const labels = told.isRenumbered ? () => images.map(({ label }) => told.told[label] as number) : 'ys';
  const augment = boomerangAugment({ ...options, labels, onVariant: (record) => void records.push(record) });
  const found = new Map<string, Found>();
  for (let epoch = 0; epoch < 4; epoch += 1) {
    records.length = 0;
    const element = elementOf(images);
    const names = await augment.namesOf(element);
    const changed = (await augment.async(element, { epoch })) as unknown as Changed;
    for (const [place, { pixels, label }] of images.entries()) {
      const own = records.filter(({ key }) => key === names[place]);
      const [first] = own;
      if (first === undefined) continue; // a strength that moves nothing tells no variant
      const isKept = own.some(({ kept }) => kept);
      found.set(sampleId(place, first.variant % VARIANTS), {
        pixels: rowOf(variantIn(changed.xs), place),
        ...(options.mode === 'pair' ? { clean: [...pixels] } : {}),
        label,
        ...(options.softLabels ? { softLabel: rowOf(variantIn(changed.ys), place) } : {}),
        ...(isKept ? {} : { unchanged: true as const }),
      });
    }
    tf.dispose([element, changed as never]);
  }
  return found;
};

type Changed = Readonly<Record<'xs' | 'ys', tf.Tensor | { readonly variant: tf.Tensor }>>;

const variantIn = (found: Changed['xs']): tf.Tensor => ('variant' in found ? found.variant : found);

const rowOf = (tensor: tf.Tensor, place: number): number[] => {
  const values = tensor.dataSync();
  const size = values.length / IMAGES;
  return [...values.slice(place * size, (place + 1) * size)];
};

const elementOf = (images: readonly Image[]) => ({
  xs: tf.tensor4d(
    images.flatMap(({ pixels }) => [...pixels]),
    [images.length, 28, 28, 1],
    'int32',
  ),
  ys: tf.tidy(() =>
    tf.cast(
      tf.oneHot(
        tf.tensor1d(
          images.map(({ label }) => label),
          'int32',
        ),
        2,
      ),
      'float32',
    ),
  ),
});
