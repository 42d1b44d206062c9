import { join } from 'node:path';
import type { EnhanceOptions } from '../../apps/enhance/options.ts';
import { ArgumentError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import { pngOf, readSeen, type SeenPicture } from '../../node/enhance/seenPicture.ts';
import { writeWhole } from '../../node/output.ts';
import { watchModel } from '../../node/tuning/watchModel.ts';
import { throwIfStopped } from '../interrupt.ts';
import { watch } from '../progress.ts';
import type { Streams } from '../streams.ts';
import { formatTable } from '../table.ts';
import { enhanceOne, type Likeness, likenessOf } from './enhanceOne.ts';
import type { EnhanceCommand } from './options.ts';
import type { Place } from './places.ts';
import { brightest, drawSheet, type Row } from './sheet.ts';

export type Enhancing = {
  readonly options: EnhanceCommand;
  readonly asked: EnhanceOptions;
  readonly places: readonly Place[];
  readonly model: Model;
  readonly signal: AbortSignal;
};

/** What is known of a picture that was enhanced. */
type Figures = {
  readonly image: string;
  readonly out: string;
  readonly height: number;
  readonly width: number;
  /** Root mean square distance to what was seen, made small again, in steps of 1 of 255. */
  readonly error: number;
  readonly evaluations: number;
  readonly seconds: number;
} & Partial<Likeness>;

/** Enhances pictures one after another; each is written as soon as it is made. */
export const enhanceAll = async (enhancing: Enhancing, { stdout, stderr }: Streams): Promise<void> => {
  const { options, places, signal } = enhancing;
  const rows: Row[] = [];
  const figures: Figures[] = [];
  try {
    await watch(stderr, 'pictures', async (onProgress) => {
      for (const [n, place] of places.entries()) {
        const onStep = (done: number, total: number): void => onProgress((n + done / total) / places.length);
        const { row, told } = await enhanceAt(enhancing, place, onStep);
        figures.push(told);
        for (const change of row.seen.changes) stderr.write(`${place.path}: ${change}\n`);
        if (options.sheet !== undefined) rows.push(row);
      }
    });
  } catch (error) {
    throwIfStopped(signal, `${figures.length} of ${places.length} pictures are in ${options.out}`);
    throw error;
  }
  if (options.sheet !== undefined) {
    const { png, shown } = await drawSheet(rows);
    await writeWhole(options.sheet, png);
    const some =
      shown < rows.length ? `, with the ${shown} of ${rows.length} pictures that have the size of the first` : '';
    stderr.write(`wrote ${options.sheet}${some}\n`);
  }
  stdout.write(options.json ? `${JSON.stringify(figures, undefined, 2)}\n` : figureTable(figures));
};

const enhanceAt = async (
  { options, asked, model, signal }: Enhancing,
  { path, name, out, uncertainty }: Place,
  onProgress: (done: number, total: number) => void,
): Promise<{ readonly row: Row; readonly told: Figures }> => {
  const channels = model.imageShape[2];
  const seen = await readSeen(path, channels);
  const original =
    options.original === undefined ? undefined : await readSeen(join(options.original, `${name}.png`), channels);
  if (original) checkSize(path, { seen, original, factor: asked.factor ?? 1 });
  const start = performance.now();
  const made = await enhanceOne(watchModel(model, { signal }), seen, { ...asked, signal, onProgress });
  const seconds = (performance.now() - start) / 1000;
  await writeWhole(out, await pngOf({ ...made, isWide: seen.isWide }, seen));
  if (options.uncertainty && made.uncertainty) {
    const picture = { pixels: brightest(made.uncertainty), shape: made.shape, isWide: false };
    await writeWhole(uncertainty, await pngOf(picture, { shape: made.shape }));
  }
  const [height, width] = made.shape;
  const told = {
    ...{ image: path, out, height, width, error: made.error, evaluations: made.evaluations, seconds },
    ...(original ? await likenessOf(made, original) : {}),
  };
  return { row: { name, seen, made, ...(original ? { original } : {}) }, told };
};

type Sizes = { readonly seen: SeenPicture; readonly original: SeenPicture; readonly factor: number };

/** @throws ArgumentError `wrong-image-size` where the true picture is not as large as what will be made. */
const checkSize = (path: string, { seen, original, factor }: Sizes): void => {
  const [height, width] = [seen.shape[0] * factor, seen.shape[1] * factor];
  if (original.shape[0] === height && original.shape[1] === width) return;
  const rule = `the original of ${path} is ${original.shape[1]} x ${original.shape[0]}, and what is made will be`;
  throw new ArgumentError('wrong-image-size', `${rule} ${width} x ${height}; name the true one`);
};

const figureTable = (figures: readonly Figures[]): string => {
  const isKnown = figures.some(({ psnr }) => psnr !== undefined);
  const headers = [
    'image',
    'size',
    'off what was seen',
    'evaluations',
    'seconds',
    ...(isKnown ? ['PSNR', 'SSIM'] : []),
  ];
  const rows = figures.map(({ image, height, width, error, evaluations, seconds, psnr, ssim }) => [
    ...[image, `${width} x ${height}`, `${error.toFixed(2)} of 255`, String(evaluations), seconds.toFixed(1)],
    ...(isKnown ? [psnr?.toFixed(2) ?? '-', ssim?.toFixed(3) ?? '-'] : []),
  ]);
  return formatTable(headers, rows);
};
