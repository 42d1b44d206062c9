import { basename } from 'node:path';
import type { Model } from '../../models/model.ts';
import { type ContactSheet, contactSheet } from '../../node/contactSheet.ts';
import { planAmong } from '../../returns/plan.ts';
import { toldText } from '../way.ts';
import type { Samples, Sampling } from './sampling.ts';

export type Drawing = {
  readonly paths: readonly string[];
  readonly images: readonly Float32Array[];
  readonly samples: Pick<Samples, 'variants'> & { readonly rows: readonly Column[] };
  readonly sampling: Sampling;
};

type Column = Pick<Samples['rows'][number], 'strength' | 'variants'>;

/** The images, and their variants by strength. @returns the bytes of a PNG */
export const drawSheet = (model: Model, drawing: Drawing): Promise<Uint8Array> => contactSheet(sheetOf(model, drawing));

/** The columns of a whole sheet, before there is a variant. */
export const columnsOf = ({ strengths, variants }: Sampling): Column[] =>
  strengths.map((strength) => ({ strength, variants }));

const sheetOf = (model: Model, { paths, images, samples, sampling }: Drawing): ContactSheet => ({
  shape: model.imageShape,
  title: titleOf(model, sampling),
  columns: [
    { header: 'original', count: 1 },
    ...samples.rows.map(({ strength, variants }) => ({ header: `strength ${strength}`, count: variants })),
  ],
  rows: images.map((image, n) => ({
    label: basename(paths[n] ?? ''),
    images: [image, ...(samples.variants[n] ?? [])],
  })),
});

const titleOf = (model: Model, { strengths, seed, ...rest }: Sampling): string => {
  const { solver, steps } = planAmong(model, { ...rest, strength: strengths[0] ?? 0 }).manner;
  return `${solver}, ${steps} steps, seed ${seed}${toldText(rest)}`;
};
