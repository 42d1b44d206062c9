/**
 * Draws the pictures of docs/concepts.md from the shipped model and the images that it drew itself:
 *
 *   npx tsx docs/draw.ts
 */
import { join } from 'node:path';
import { chooseBackend, describeBackend, loadModel, readImage, writeWhole } from 'tfjs-boomerang';
import type { Canvas } from './draw/canvas.ts';
import { drawManifold } from './draw/manifold.ts';
import { drawMap } from './draw/map.ts';
import { drawStrengths } from './draw/strengths.ts';
import { drawThrow } from './draw/throwAndReturn.ts';

console.log(describeBackend(await chooseBackend()));
const model = await loadModel('boomerang:fashion-28');
const image = (name: string) => readImage(join(import.meta.dirname, '../examples/images', name), model.imageShape);
const names = ['0-t-shirt-top-0.png', '8-bag-0.png', '9-ankle-boot-0.png'];
const canvas: Canvas = { model, images: await Promise.all(names.map(image)) };

const DRAWN = { throw: drawThrow, strengths: drawStrengths, manifold: drawManifold, map: drawMap };
for (const [name, draw] of Object.entries(DRAWN)) {
  const path = join(import.meta.dirname, 'pictures', `${name}.png`);
  await writeWhole(path, await draw(canvas));
  console.log(path);
}
model.dispose();
