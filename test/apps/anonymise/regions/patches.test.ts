import { expect } from 'chai';
import type { Box } from '../../../../src/apps/anonymise/boxes.ts';
import { cutPatches, type Patch } from '../../../../src/apps/anonymise/regions/cutPatches.ts';
import { pastePatches } from '../../../../src/apps/anonymise/regions/pastePatches.ts';
import { maskFrom, type Picture, type Regions } from '../../../../src/apps/anonymise/regions/regions.ts';
import { ArgumentError } from '../../../../src/errors.ts';
import type { ImageShape } from '../../../../src/tensors/noise.ts';
import { largestDifference } from '../../../support/tensors.ts';
import { filled, MODEL, noise } from './noisePictures.ts';

/** How much of each pixel of a picture is new: what was 0 becomes 1. */
const weightsOf = (shape: ImageShape, regions: Regions, model: ImageShape = [16, 16, shape[2]]): Float32Array => {
  const black = filled(shape, 0);
  const patches = cutPatches(black, regions, { model });
  return pastePatches(
    black,
    patches,
    patches.map(() => filled(model, 1).pixels),
  );
};

const isIn = ({ top, left, height, width }: Box, row: number, column: number): boolean =>
  row >= top && row < top + height && column >= left && column < left + width;

const unchanged = (picture: Picture, regions: Regions, model: ImageShape = MODEL): Float32Array => {
  const patches = cutPatches(picture, regions, { model });
  return pastePatches(
    picture,
    patches,
    patches.map(({ pixels }) => pixels),
  );
};

describe('regions', () => {
  it('lets a whole picture of the size of the model through exactly, there and back', () => {
    const picture = noise(MODEL);
    const [patch, ...others] = cutPatches(picture, 'whole', { model: MODEL });
    expect(others).to.deep.equal([]);
    expect(patch?.pixels).to.deep.equal(picture.pixels);
    expect(patch?.notes).to.deep.equal([]);
    const made = noise(MODEL, 'made').pixels;
    expect(pastePatches(picture, [patch as Patch], [made])).to.deep.equal(made);
    const tiny = filled(MODEL, 1e-30).pixels; // is lost where it is reckoned as a difference from 1
    expect(pastePatches(filled(MODEL, 1), [patch as Patch], [tiny])).to.deep.equal(tiny);
  });

  it('gives back a picture whose patches return as they went, if their frames have the size of the model', () => {
    const picture = noise([40, 50, 3]);
    const boxes = [
      { top: 10, left: 10, height: 10, width: 10 },
      { top: 0, left: 38, height: 10, width: 9 },
      { top: 12, left: 14, height: 9, width: 10 },
    ];
    for (const { frame } of cutPatches(picture, { boxes }, { model: MODEL })) {
      expect([frame.height, frame.width]).to.deep.equal([16, 16]);
    }
    expect(unchanged(picture, { boxes })).to.deep.equal(picture.pixels);
  });

  it('gives back a smooth picture nearly, whatever the size of its patches', () => {
    const shape = [90, 120, 3] as const;
    const pixels = Float32Array.from({ length: 90 * 120 * 3 }, (_, n) => ((n / 3) % 120) / 240 + (n % 3) / 6);
    const boxes = [{ top: 20, left: 30, height: 40, width: 40 }];
    expect(largestDifference(unchanged({ shape, pixels }, { boxes }), pixels)).to.be.below(0.02);
    expect(largestDifference(unchanged({ shape, pixels }, 'whole'), pixels)).to.be.below(0.02);
  });

  for (const [name, boxes] of [
    ['a box', [{ top: 12, left: 15, height: 20, width: 12 }]],
    ['a box of one pixel', [{ top: 20, left: 30, height: 1, width: 1 }]],
    ['a box in a corner', [{ top: 0, left: 52, height: 9, width: 8 }]],
    ['a box that overhangs', [{ top: -5.5, left: 50.2, height: 20, width: 30 }]],
    ['a box as large as the picture', [{ top: 0, left: 0, height: 48, width: 60 }]],
    [
      'boxes that overlap',
      [
        { top: 10, left: 10, height: 16, width: 16 },
        { top: 16, left: 18, height: 12, width: 12 },
      ],
    ],
    [
      'a box within a box',
      [
        { top: 18, left: 18, height: 4, width: 4 },
        { top: 10, left: 10, height: 20, width: 20 },
      ],
    ],
  ] as const) {
    it(`changes ${name} fully, what is near it less, and nothing else`, () => {
      const shape = [48, 60, 1] as const;
      const weights = weightsOf(shape, { boxes });
      const reach = boxes.map((box) => Math.ceil(Math.max(box.height, box.width) / 4) + 1);
      for (const [n, weight] of weights.entries()) {
        const [row, column] = [Math.floor(n / 60), n % 60];
        expect(weight).to.be.within(0, 1);
        if (boxes.some((box) => isIn(box, row, column))) expect(weight).to.equal(1);
        const isNear = boxes.some(({ top, left, height, width }, k) => {
          const by = reach[k] as number;
          return isIn({ top: top - by, left: left - by, height: height + 2 * by, width: width + 2 * by }, row, column);
        });
        if (!isNear) expect(weight).to.equal(0);
      }
    });

    it(`keeps every pixel that is far from ${name}, bit for bit, whatever returns`, () => {
      const picture = noise([48, 60, 3]);
      const weights = weightsOf([48, 60, 1], { boxes }, [16, 16, 1]);
      const patches = cutPatches(picture, { boxes }, { model: MODEL });
      const pasted = pastePatches(
        picture,
        patches,
        patches.map((_, n) => noise(MODEL, `returned ${n}`).pixels),
      );
      const kept = [...pasted].filter((_, n) => weights[Math.floor(n / 3)] === 0);
      const before = [...picture.pixels].filter((_, n) => weights[Math.floor(n / 3)] === 0);
      expect(kept).to.deep.equal(before);
      expect(pasted).to.not.deep.equal(picture.pixels);
    });
  }

  it('has no seam: from pixel to pixel the change of a large box grows by little', () => {
    const weights = weightsOf([200, 200, 1], { boxes: [{ top: 60, left: 70, height: 80, width: 60 }] });
    for (let n = 1; n < weights.length; n += 1) {
      if (n % 200 === 0) continue;
      expect(Math.abs((weights[n] as number) - (weights[n - 1] as number))).to.be.below(0.1);
    }
  });

  it('puts small faces before large ones, in whatever order they were found', () => {
    const picture = noise([48, 60, 3]);
    const boxes = [
      { top: 10, left: 10, height: 20, width: 20 },
      { top: 15, left: 20, height: 8, width: 8 },
      { top: 15, left: 12, height: 8, width: 8 },
    ];
    const patches = cutPatches(picture, { boxes }, { model: MODEL });
    expect(cutPatches(picture, { boxes: boxes.toReversed() }, { model: MODEL })).to.deep.equal(patches);
    const pasted = pastePatches(
      picture,
      patches,
      [0.2, 0.5, 0.9].map((value) => filled(MODEL, value).pixels),
    );
    const at = (row: number, column: number): number | undefined => pasted[(row * 60 + column) * 3];
    expect([at(28, 28), at(18, 15), at(18, 24)].map((value) => value?.toFixed(3))).to.deep.equal([
      '0.200',
      '0.500',
      '0.900',
    ]);
  });

  it('cuts boxes in the same order, whatever order they are in', () => {
    const boxes = [
      { top: 4, left: 4, height: 4, width: 16 },
      { top: 4, left: 4, height: 16, width: 4 },
      { top: 4, left: 5, height: 8, width: 8 },
      { top: 3, left: 9, height: 8, width: 8 },
      { top: 9, left: 5, height: 8, width: 8 },
    ];
    const cut = (some: readonly Box[]): readonly Patch[] =>
      cutPatches(noise([40, 40, 3]), { boxes: some }, { model: MODEL });
    for (let turn = 1; turn < 5; turn += 1) {
      expect(cut([...boxes.slice(turn), ...boxes.slice(0, turn)])).to.deep.equal(cut(boxes));
    }
    expect(cut(boxes.toReversed())).to.deep.equal(cut(boxes));
  });

  it('fades even around a single pixel', () => {
    const weights = weightsOf([9, 9, 1], { boxes: [{ top: 4, left: 4, height: 1, width: 1 }] });
    for (const n of [39, 41, 31, 49]) expect(weights[n]).to.be.within(0.05, 0.95);
  });

  it('shrinks without aliasing: what the model cannot show is averaged, and said', () => {
    const shape = [128, 128, 3] as const;
    const pixels = Float32Array.from({ length: 128 * 128 * 3 }, (_, n) => Math.floor(n / 3) % 2);
    const [patch] = cutPatches({ shape, pixels }, 'whole', { model: MODEL });
    for (const value of patch?.pixels ?? [0]) expect(value).to.be.closeTo(0.5, 0.05);
    expect(patch?.notes).to.have.length(1);
    expect(patch?.notes[0]).to.match(/^larger than the 16 x 16 pixels .* lost$/);
  });

  it('says where the picture is too narrow for the proportions of the model, and nothing where all is well', () => {
    const notes = (shape: ImageShape, regions: Regions) =>
      cutPatches(noise(shape), regions, { model: MODEL }).map((patch) => patch.notes);
    expect(notes([8, 16, 3], 'whole'))
      .to.have.nested.property('[0][0]')
      .that.matches(/out of proportion/);
    expect(notes([16, 17, 3], 'whole'))
      .to.have.nested.property('[0][0]')
      .that.matches(/^larger/);
    expect(notes([17, 16, 3], 'whole'))
      .to.have.nested.property('[0][0]')
      .that.matches(/^larger/);
    expect(notes([60, 60, 3], { boxes: [{ top: 20, left: 20, height: 8, width: 8 }] })).to.deep.equal([[]]);
  });

  it('blends by a mask: fully where it is 1, at least as much as it says elsewhere, and not at all far from it', () => {
    const shape = [40, 40, 1] as const;
    const mask = new Float32Array(1600);
    for (let row = 10; row < 22; row += 1) mask.fill((row - 9) / 12, row * 40 + 12, row * 40 + 24);
    const weights = weightsOf(shape, { mask });
    for (const [n, weight] of weights.entries()) {
      expect(weight).to.be.at.least((mask[n] as number) - 1e-6);
      const isNear = isIn({ top: 6, left: 8, height: 20, width: 20 }, Math.floor(n / 40), n % 40);
      if (!isNear) expect(weight).to.equal(0);
    }
    expect(weights.subarray(21 * 40 + 12, 21 * 40 + 24).every((weight) => weight === 1)).to.equal(true);
  });

  it('reads a mask from an image, by the mean of its colours', () => {
    const pixels = Float32Array.from([0, 0, 0, 1, 1, 1, 0, 0.5, 1, 1, 0, 0.5]);
    expect(maskFrom({ pixels, shape: [2, 2, 3] }, [2, 2, 1]).mask).to.deep.equal(Float32Array.from([0, 1, 0.5, 0.5]));
    expect(() => maskFrom({ pixels, shape: [2, 2, 3] }, [4, 2, 1]))
      .to.throw(ArgumentError, /4 x 2/)
      .with.property('code', 'bad-region');
  });
});
