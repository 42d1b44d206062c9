import sharp, { type OverlayOptions } from 'sharp';
import { checkNames } from '../checks.ts';
import { ArgumentError } from '../errors.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { toBytes } from './images.ts';
import { paint, whitePage } from './page.ts';
import { drawText, type TextPicture } from './text.ts';

export type ContactSheet = {
  /** `[height, width, channels]` of every image; 1 or 3 channels. */
  readonly shape: ImageShape;
  /** Headers from left to right, each over as many neighbouring images as it says. */
  readonly columns: readonly { readonly header: string; readonly count: number }[];
  /** From top to bottom; images of numbers in [0, 1], as many as the columns say. */
  readonly rows: readonly { readonly label?: string; readonly images: readonly Float32Array[] }[];
  readonly title?: string;
};

const MARGIN = 10;
/** Between the images of a column. */
const GAP = 3;
/** Between columns, and between the page's parts. */
const WIDE_GAP = 12;
const LABEL_WIDTH = 120;
/** Small images are magnified by a whole factor to about so many pixels. */
const LEGIBLE = 96;

const OPTIONS: Readonly<Record<keyof ContactSheet, true>> = {
  shape: true,
  columns: true,
  rows: true,
  title: true,
};

/**
 * A page of images on white under headers, with a label at the left of each row. Small images are magnified without
 * smoothing, so that what is seen is what the numbers say.
 *
 * @returns The bytes of a PNG.
 * @throws ArgumentError `unknown-option`, `bad-contact-sheet` when a row has not as many images as the columns say, or the page would be
 * too large.
 */
export const contactSheet = async (sheet: ContactSheet): Promise<Uint8Array> => {
  checkNames('contactSheet', Object.keys(OPTIONS), sheet);
  const { shape, rows } = sheet;
  const zoom = zoomOf(shape);
  const across = layAcross(sheet, shape[1] * zoom);
  checkSheetSize(shape, { columns: sheet.columns.map(({ count }) => count), rows: rows.length });
  checkRows(sheet, across.lefts.length);

  const head = await drawHead(sheet, across);
  const labels = await Promise.all(rows.map(({ label }) => (label ? drawText(label, { width: LABEL_WIDTH }) : null)));
  const rowHeight = Math.max(shape[0] * zoom, ...labels.map((label) => label?.height ?? 0));
  const rowTop = (n: number): number => head.bottom + n * (rowHeight + GAP);
  const labelTexts = labels.flatMap((label, n) =>
    label ? [place(label, MARGIN, rowTop(n) + (rowHeight - label.height) / 2)] : [],
  );

  const page = whitePage(rowTop(rows.length) - GAP + MARGIN, across.right + MARGIN);
  rows.forEach(({ images }, n) => {
    images.forEach((image, k) => {
      paint(page, { bytes: toBytes(image), shape }, { left: across.lefts[k] ?? 0, top: rowTop(n), zoom });
    });
  });
  const raw = { width: page.width, height: page.height, channels: 3 } as const;
  const texts = [...head.texts, ...labelTexts];
  return sharp(page.pixels, { raw }).composite(texts).removeAlpha().png().toBuffer();
};

/** What sharp reads at most, 16,383 x 16,383. */
const MOST_PIXELS = 0x3fff ** 2;

/**
 * The pixels of a page, nearly: its texts are not drawn yet.
 *
 * @param size how many images stand under each header, and how many rows there are.
 * @throws ArgumentError `bad-contact-sheet` when there are more than a page can have.
 */
export const checkSheetSize = (
  shape: ImageShape,
  { columns, rows }: { readonly columns: readonly number[]; readonly rows: number },
): number => {
  const zoom = zoomOf(shape);
  const across = columns.reduce((sum, count) => sum + count * (shape[1] * zoom + GAP) + WIDE_GAP, LABEL_WIDTH);
  const pixels = across * rows * (shape[0] * zoom + GAP);
  if (pixels <= MOST_PIXELS) return pixels;
  const count = columns.reduce((sum, own) => sum + own, 0);
  const rule = `a contact sheet has ${MOST_PIXELS} pixels at most, and ${rows} rows of ${count} images need ${pixels}`;
  throw new ArgumentError('bad-contact-sheet', `${rule}; ask for fewer`);
};

const zoomOf = (shape: ImageShape): number => Math.max(1, Math.round(LEGIBLE / Math.max(shape[0], shape[1])));

type Across = {
  /** Where each image of a row starts, in pixels from the left. */
  readonly lefts: readonly number[];
  /** Where the images under each header lie. */
  readonly groups: readonly { readonly header: string; readonly left: number; readonly width: number }[];
  /** Where the last image ends. */
  readonly right: number;
};

const layAcross = ({ columns, rows }: ContactSheet, imageWidth: number): Across => {
  const lefts: number[] = [];
  let left = MARGIN + (rows.some(({ label }) => label) ? LABEL_WIDTH + WIDE_GAP : 0);
  const groups = columns.map(({ header, count }) => {
    const group = { header, left, width: count * (imageWidth + GAP) - GAP };
    for (let k = 0; k < count; k += 1) lefts.push(left + k * (imageWidth + GAP));
    left += group.width + WIDE_GAP;
    return group;
  });
  return { lefts, groups, right: left - WIDE_GAP };
};

const checkRows = ({ rows, shape }: ContactSheet, count: number): void => {
  const size = shape[0] * shape[1] * shape[2];
  for (const { images } of rows) {
    if (images.length === count && images.every((image) => image.length === size)) continue;
    throw new ArgumentError(
      'bad-contact-sheet',
      `every row needs ${count} images of ${size} numbers, got: ${images.map((image) => image.length).join(', ')}`,
    );
  }
};

/** The title, and the headers in the middle of their groups, standing on one line. */
const drawHead = async ({ title }: ContactSheet, { groups, right }: Across) => {
  const titleText = title ? await drawText(title, { width: right - MARGIN }) : undefined;
  const headers = await Promise.all(groups.map(({ header, width }) => drawText(header, { width, align: 'centre' })));
  const top = MARGIN + (titleText ? titleText.height + WIDE_GAP : 0);
  const line = top + Math.max(0, ...headers.map(({ height }) => height));
  const texts = headers.map((header, n) => {
    const { left, width } = groups[n] ?? { left: 0, width: 0 };
    return place(header, left + (width - header.width) / 2, line - header.height);
  });
  return { texts: titleText ? [place(titleText, MARGIN, MARGIN), ...texts] : texts, bottom: line + 2 * GAP };
};

const place = ({ input }: TextPicture, left: number, top: number): OverlayOptions => ({
  input,
  left: Math.max(0, Math.round(left)),
  top: Math.max(0, Math.round(top)),
});
