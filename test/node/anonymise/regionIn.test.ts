import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import sharp from 'sharp';
import { regionIn } from '../../../src/node/anonymise/regionIn.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';

describe('a region on the command line', () => {
  const path = scratchFolder();

  it('is all, faces, or a box of four numbers', async () => {
    expect(await regionIn('whole')).to.equal('whole');
    expect(await regionIn('faces')).to.equal('faces');
    expect(await regionIn('1,2, 30,40')).to.deep.equal({ boxes: [{ top: 1, left: 2, height: 30, width: 40 }] });
  });

  it('is what a picture has in white, and in part what it has in grey', async () => {
    const values = Uint8Array.from([0, 255, 51, 255, 0, 0]);
    const image = sharp(values, { raw: { width: 3, height: 2, channels: 1 } }).toColourspace('b-w');
    writeFileSync(path('mask.png'), await image.png().toBuffer());
    const region = (await regionIn(path('mask.png'))) as { mask: Float32Array };
    expect([...region.mask].map((value) => Math.round(255 * value))).to.deep.equal([...values]);
  });

  const REFUSED: Readonly<Record<string, readonly [text: string, code: string]>> = {
    'a word that is none': ['face', 'unknown-region'],
    'three numbers': ['1,2,3', 'unknown-region'],
    'numbers that are none': ['1,2,3,x', 'unknown-region'],
    'a picture that is not there': ['absent.png', 'bad-region'],
  };
  for (const [title, [text, code]] of Object.entries(REFUSED)) {
    it(`is not ${title}`, async () => {
      expect(await rejection(regionIn(text))).to.have.property('code', code);
    });
  }
});
