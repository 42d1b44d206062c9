import * as tf from '@tensorflow/tfjs-core';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import sharp from 'sharp';
import { boomerang } from 'tfjs-boomerang';
import { drawText } from '../../src/node/text.ts';
import { apart, type Canvas, stacked } from './canvas.ts';

const SIZE = { width: 720, height: 520, margin: 40 };
const NEIGHBOURS = 240;
const VARIANTS = 24;
/** Strengths and their colours, which keep apart for those who see few colours. */
const CLOUDS = [
  [0.1, '#004488'],
  [0.3, '#bb5566'],
  [0.6, '#ddaa33'],
] as const;

type Point = readonly [across: number, down: number];

/** A map of what the model draws, by the two directions in which its images differ most, and where variants of one land. */
export const drawMap = async (canvas: Canvas): Promise<Uint8Array> => {
  const { model, images } = canvas;
  const noise = tf.randomUniform<tf.Rank.R4>([NEIGHBOURS, ...model.imageShape], 0, 1, 'float32', 3);
  const drawn = await apart(await boomerang(model, noise, { strength: 1, seed: 'map' }));
  noise.dispose();
  const one = images[2] as Float32Array;
  const clouds: Cloud[] = [];
  for (const [strength, colour] of CLOUDS)
    clouds.push({ strength, colour, variants: await around(canvas, one, strength) });
  const place = mapOf(drawn);
  const base = sharp({ create: { ...SIZE, channels: 3, background: 'white' } });
  const tiles = await Promise.all(drawn.map((image) => thumbnail(image, place(image), model.imageShape[1])));
  await drawText('.', { width: 20 }); // makes our font known to whatever draws text from now on
  const overlay = { input: Buffer.from(dots(clouds, place, place(one))), left: 0, top: 0 };
  return base
    .composite([...tiles, overlay])
    .png({ palette: true })
    .toBuffer();
};

type Cloud = { readonly strength: number; readonly colour: string; readonly variants: readonly Float32Array[] };

const around = async (canvas: Canvas, image: Float32Array, strength: number): Promise<readonly Float32Array[]> => {
  const batch = stacked(canvas, new Array<Float32Array>(VARIANTS).fill(image));
  const keys = Array.from({ length: VARIANTS }, (_, n) => n);
  const variants = await apart(await boomerang(canvas.model, batch, { strength, seed: 'docs', keys }));
  batch.dispose();
  return variants;
};

/** Principal components, by way of the products of all pairs of images: there are fewer images than pixels. */
const mapOf = (images: readonly Float32Array[]): ((image: Float32Array) => Point) => {
  const rows = new Matrix(images.map((image) => Array.from(image)));
  const mean = rows.mean('column');
  const centred = rows.subRowVector(mean);
  const { eigenvectorMatrix } = new EigenvalueDecomposition(centred.mmul(centred.transpose()), {
    assumeSymmetric: true,
  });
  const axes = [1, 2].map((last) => {
    const axis = centred
      .transpose()
      .mmul(eigenvectorMatrix.getColumnVector(images.length - last))
      .to1DArray();
    const length = Math.hypot(...axis);
    return axis.map((value) => value / length);
  });
  const along = (image: Float32Array): readonly number[] =>
    axes.map((axis) => axis.reduce((sum, value, k) => sum + value * ((image[k] ?? 0) - (mean[k] ?? 0)), 0));
  const all = images.map(along);
  const [x, y] = [0, 1]
    .map((n) => all.map((point) => point[n] ?? 0))
    .map((list) => [Math.min(...list), Math.max(...list)]);
  const scaled = (value: number, [low = 0, high = 1]: readonly number[] = [], size: number): number =>
    SIZE.margin + ((value - low) / (high - low)) * (size - 2 * SIZE.margin);
  return (image) => {
    const [across = 0, down = 0] = along(image);
    return [scaled(across, x, SIZE.width), scaled(down, y, SIZE.height)];
  };
};

/** Dark on white, so that neighbours may overlap. */
const thumbnail = async (image: Float32Array, [across, down]: Point, side: number) => {
  const bytes = Uint8Array.from(image, (value) => 255 - Math.round(160 * value));
  const input = await sharp(bytes, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer();
  return { input, left: Math.round(across - side / 2), top: Math.round(down - side / 2), blend: 'multiply' as const };
};

const dots = (clouds: readonly Cloud[], place: (image: Float32Array) => Point, [x, y]: Point): string => {
  const circle = ([cx, cy]: Point, colour: string): string =>
    `<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="5" fill="${colour}" fill-opacity="0.85" stroke="white"/>`;
  const all = clouds
    .toReversed()
    .flatMap(({ variants, colour }) => variants.map((image) => circle(place(image), colour)));
  const key = clouds.map(
    ({ strength, colour }, n) =>
      `${circle([SIZE.width - 130, 20 + 20 * n], colour)}<text x="${SIZE.width - 118}" y="${25 + 20 * n}">strength ${strength}</text>`,
  );
  const self = `<rect x="${x - 15}" y="${y - 15}" width="30" height="30" fill="none" stroke="black" stroke-width="2"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}" font-family="Share Tech Mono" font-size="14">${all.join('')}${self}${key.join('')}</svg>`;
};
