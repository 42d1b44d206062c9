import { boomerang, contactSheet } from 'tfjs-boomerang';
import { apart, type Canvas, stacked } from './canvas.ts';

const STRENGTHS = [0.1, 0.3, 0.5, 0.7, 1];

/** The same images, thrown further and further. */
export const drawStrengths = async (canvas: Canvas): Promise<Uint8Array> => {
  const { model, images } = canvas;
  const batch = stacked(canvas, images);
  const thrown: (readonly Float32Array[])[] = [];
  for (const strength of STRENGTHS) thrown.push(await apart(await boomerang(model, batch, { strength, seed: 'docs' })));
  batch.dispose();
  return contactSheet({
    shape: model.imageShape,
    columns: [{ header: 'image', count: 1 }, ...STRENGTHS.map((strength) => ({ header: `${strength}`, count: 1 }))],
    rows: images.map((image, n) => ({ images: [image, ...thrown.map((variants) => variants[n] as Float32Array)] })),
  });
};
