import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { ArgumentError } from '../../src/errors.ts';
import { type ContactSheet, contactSheet } from '../../src/node/contactSheet.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';

const MID = 128 / 255;
const grey = (value: number): Float32Array => new Float32Array(28 * 28).fill(value);
const SHEET: ContactSheet = {
  shape: [28, 28, 1],
  columns: [
    { header: 'original', count: 1 },
    { header: 'strength 0.3', count: 2 },
  ],
  rows: [
    { label: 'boot.png', images: [grey(MID), grey(MID), grey(MID)] },
    { label: 'shirt.png', images: [grey(MID), grey(MID), grey(MID)] },
  ],
};

/** How many pixels of a sheet are exactly so. */
const count = async (png: Uint8Array, wanted: readonly number[]): Promise<number> => {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  let found = 0;
  for (let i = 0; i < data.length; i += info.channels) {
    if (wanted.every((value, c) => data[i + c] === value)) found += 1;
  }
  return found;
};

describe('contactSheet', () => {
  it('shows every image, each magnified three times without smoothing', async () => {
    const shown = await count(await contactSheet(SHEET), [128, 128, 128]);
    expect(shown).to.be.within(6 * 84 * 84, 6 * 84 * 84 + 20); // an edge of a letter may be as grey
  });

  it('shows colours as they are', async () => {
    const orange = Float32Array.from({ length: 64 * 64 * 3 }, (_, i) => [1, 0.4, 0][i % 3] ?? 0);
    const columns = [{ header: 'original', count: 1 }];
    const png = await contactSheet({ shape: [64, 64, 3], columns, rows: [{ images: [orange] }] });
    expect(await count(png, [255, 102, 0])).to.equal(128 * 128);
  });

  it('is the same for the same input', async () => {
    expect(Buffer.compare(await contactSheet(SHEET), await contactSheet(SHEET))).to.equal(0);
  });

  it('takes text literally, of any length', async () => {
    const rows = SHEET.rows.map((row) => ({ ...row, label: '<b>&'.repeat(60) }));
    const png = await contactSheet({ ...SHEET, rows, title: 'a & b < c > d' });
    expect((await sharp(png).metadata()).height).to.be.above(300);
  });

  it('refuses a row that has not as many images as the columns', async () => {
    const error = await rejection(contactSheet({ ...SHEET, rows: [{ images: [grey(MID)] }] }));
    expect(error).to.be.an.instanceOf(ArgumentError).with.property('code', 'bad-contact-sheet');
  });
});

describe('the text of a contact sheet', () => {
  const path = scratchFolder();

  it('shows letters, not boxes, on a machine without any fonts', () => {
    writeFileSync(path('fonts.conf'), '<?xml version="1.0"?><fontconfig></fontconfig>');
    const script = `import { drawText } from ${JSON.stringify(join(root, 'src/node/text.ts'))};
      Promise.all(['strength', 'original'].map((text) => drawText(text, { width: 200 })))
        .then((pictures) => console.log(JSON.stringify(pictures.map(({ input }) => input.toString('base64')))));`;
    const [strength, original] = JSON.parse(
      execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, FONTCONFIG_FILE: path('fonts.conf') },
      }),
    );
    expect(strength).to.have.length.above(200).and.not.equal(original); // boxes are the same for all letters
  });
});
