import { expect } from 'chai';
import type { Box } from '../../../../src/apps/anonymise/boxes.ts';
import { cutPatches } from '../../../../src/apps/anonymise/regions/cutPatches.ts';
import { pastePatches } from '../../../../src/apps/anonymise/regions/pastePatches.ts';
import type { Picture, Regions } from '../../../../src/apps/anonymise/regions/regions.ts';
import { ArgumentError, NumericError } from '../../../../src/errors.ts';
import { filled, MODEL, noise } from './noisePictures.ts';

describe('what regions refuse', () => {
  const box = { top: 1, left: 1, height: 2, width: 2 };
  const bad = (mask: number[]): Regions => ({ mask: Float32Array.from(mask) });
  for (const [name, regions, message] of [
    ['a box outside the picture', { boxes: [{ ...box, top: 9 }] }, /box 0 .*"top":9/],
    ['a box beside one that is well', { boxes: [box, { ...box, left: -2 }] }, /box 1/],
    ['a box of no width', { boxes: [{ ...box, width: 0 }] }, /at least a part/],
    ['a box of negative height', { boxes: [{ ...box, height: -1 }] }, /at least a part/],
    ['a box of NaN', { boxes: [{ ...box, left: Number.NaN }] }, /NaN/],
    ['a box without end', { boxes: [{ ...box, width: Number.POSITIVE_INFINITY }] }, /Infinity/],
    ['a box of texts', { boxes: [{ ...box, top: '1' as unknown as number }] }, /"top":"1"/],
    ['no box', { boxes: [] }, /at least one box/],
    ['boxes that are no list', { boxes: box as unknown as Box[] }, /list/],
    ['a mask of another size', bad([1, 1]), /8 x 8 numbers, got 2 of them/],
    ['a mask that is no Float32Array', { mask: Array(64).fill(1) as unknown as Float32Array }, /Float32Array/],
    ['a mask of nothing', { mask: new Float32Array(64) }, /0 everywhere/],
    ['a mask above 1', { mask: new Float32Array(64).fill(2) }, /between 0 and 1, got 2/],
    ['a mask of NaN', { mask: new Float32Array(64).fill(Number.NaN) }, /got NaN/],
    ['a misspelt word', 'hole' as Regions, /"hole"/],
    ['nothing', undefined as unknown as Regions, /undefined/],
  ] as const) {
    it(`refuses ${name}`, () => {
      expect(() => cutPatches(noise([8, 8, 3]), regions, { model: MODEL }))
        .to.throw(ArgumentError, message)
        .with.property('code', 'bad-region');
    });
  }

  it('refuses pictures of other channels than those of the model, and pixels that are not of their shape', () => {
    const cut = (picture: Picture, margin?: number) => () =>
      cutPatches(picture, 'whole', { model: MODEL, ...(margin === undefined ? {} : { margin }) });
    expect(cut(noise([8, 8, 1])))
      .to.throw(ArgumentError, /3 channels \(colour\).* 1 channel \(grey\)/)
      .with.property('code', 'wrong-image-channels');
    expect(cut({ ...noise([8, 8, 3]), shape: [8, 9, 3] }))
      .to.throw(ArgumentError, /216 numbers, got 192/)
      .with.property('code', 'bad-picture');
    for (const pixels of [new Float32Array(0), Array(192).fill(0) as unknown as Float32Array]) {
      expect(cut({ pixels, shape: [pixels.length / 24, 8, 3] }))
        .to.throw(ArgumentError)
        .with.property('code', 'bad-picture');
    }
    expect(cut(noise([8, 8, 3]), -1))
      .to.throw(ArgumentError, /-1/)
      .with.property('code', 'bad-margin');
    expect(() => cutPatches(noise(MODEL), 'whole', { model: MODEL, margn: 1 } as never))
      .to.throw(ArgumentError, /margin/)
      .with.property('code', 'unknown-option');
  });

  it('puts back nothing that did not return whole', () => {
    const picture = noise(MODEL);
    const patches = cutPatches(picture, 'whole', { model: MODEL });
    expect(() => pastePatches(picture, patches, []))
      .to.throw(ArgumentError)
      .with.property('code', 'bad-patches');
    expect(() => pastePatches(picture, patches, [new Float32Array(3)]))
      .to.throw(ArgumentError, /16 x 16 x 3/)
      .with.property('code', 'bad-patches');
    expect(() => pastePatches(picture, patches, [filled(MODEL, Number.NaN).pixels]))
      .to.throw(NumericError, /NaN/)
      .with.property('code', 'not-finite');
  });
});
