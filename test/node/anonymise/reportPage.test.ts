import { expect } from 'chai';
import sharp from 'sharp';
import type { AnonymityReport } from '../../../src/apps/anonymise/report.ts';
import { reportHtml } from '../../../src/node/anonymise/reportPage.ts';
import { wordsOf } from '../../support/pageWords.ts';
import { largestDifference } from '../../support/tensors.ts';
import { bareReport, madeUpReport, recognised, withFates } from './madeUp.ts';
import { pairs, rings } from './madeUpPairs.ts';

const VARIANTS: Readonly<Record<string, () => AnonymityReport>> = {
  'everything measured': madeUpReport,
  'as little as can be': bareReport,
  'nothing tried': () => ({ ...bareReport(), curve: [] }),
  'all that can go wrong': () =>
    madeUpReport({
      ...withFates({ copied: 3, whole: 2 }),
      noFace: 'copy',
      region: 'boxes',
      target: 0.001,
      identity: { ...madeUpReport().identity, own: { rank1: recognised(0.5, 0.01) } },
    }),
};

describe('the page of a report', () => {
  for (const [name, report] of Object.entries(VARIANTS)) {
    it(`promises nothing that nobody can, with ${name}`, async () => {
      const page = await reportHtml(report(), pairs(1));
      expect(page).to.not.match(/anonym|complian|irrevers|guaranteed|cannot be recognised/i);
    });

    it(`needs no script and no other file, with ${name}`, async () => {
      const page = await reportHtml(report(), pairs(2));
      expect(page)
        .to.include("default-src 'none'")
        .and.not.match(/<script|<iframe|<link(?! rel="icon" href="data:)|\son\w+=/i);
      const references = [...page.matchAll(/(?:\b(?:src|href|action|data)=["']?|url\(|@import)\s*([^"')\s>]*)/gi)];
      expect(references).to.not.be.empty;
      for (const [whole, target = ''] of references) expect(target, whole).to.match(/^(data:|#)/);
      const addresses = page.match(/\w+:\/\/[^\s"'<]*/g) ?? [];
      for (const address of addresses) expect(address).to.match(/^http:\/\/www\.w3\.org\/\d+\/(svg|xlink)$/); // names of what SVG is
    });

    it(`has a figure or says that there is none, with ${name}`, async () => {
      const page = await reportHtml(report(), pairs(1));
      expect(
        page.replaceAll(/base64,[^"]*/g, '').match(/.{0,60}(NaN|undefined|null|Infinity|\[object).{0,60}/g),
      ).to.equal(null);
    });
  }

  it('takes names for text, wherever they stand', async () => {
    const evil = '<img src=x onerror=alert(1)>"\'&';
    const { curve, utility, ...report } = madeUpReport();
    const attributes = { [evil]: { kept: recognised(0.5, 0.1), chance: 0.2 } };
    const page = await reportHtml(
      {
        ...report,
        model: { name: evil, digest: evil, engine: evil },
        versions: { [evil]: evil },
        embedder: evil,
        judge: evil,
        curve: curve.map((point) => ({ ...point, utility: { ...point.utility, attributes } })),
        utility: { ...utility, attributes },
        notes: [evil],
      },
      pairs(1).map((pair) => ({ ...pair, name: evil })),
    );
    expect(page).to.not.include('<img src=x');
    expect(page.split('&lt;img src=x').length - 1).to.be.at.least(10);
    const labels = [...page.matchAll(/aria-label="([^"]*)"/g)];
    expect(labels.length).to.be.at.least(5);
  });

  it('shows each copy beside its original, as it is, and nothing else of the file', async () => {
    const shown = pairs(3);
    const page = await reportHtml(madeUpReport(), shown);
    const uris = [...page.matchAll(/<img src="data:image\/png;base64,([^"]+)"/g)].map(([, data = '']) => data);
    const pictures = shown.flatMap(({ original, copy }) => [original, copy]);
    expect(uris).to.have.length(6);
    for (const [n, uri] of uris.entries()) {
      const png = sharp(Buffer.from(uri, 'base64'));
      const { exif, icc, xmp, width, height } = await png.metadata();
      expect({ exif, icc, xmp, width, height }).to.deep.equal({
        ...{ exif: undefined, icc: undefined, xmp: undefined },
        ...{ width: 64, height: 64 },
      });
      const bytes = await png.raw().toBuffer();
      expect(
        largestDifference(
          Float32Array.from(bytes, (byte) => byte / 255),
          pictures[n]?.pixels ?? [],
        ),
      ).to.be.below(0.5 / 255 + 1e-6);
    }
  });

  it('shows large pictures small, and grey ones grey', async () => {
    const page = await reportHtml(madeUpReport(), [{ name: 'x', original: rings(600, 0), copy: rings(16, 0, 1) }]);
    const uris = [...page.matchAll(/<img src="data:image\/png;base64,([^"]+)"/g)].map(([, data = '']) => data);
    const sizes = await Promise.all(uris.map(async (uri) => sharp(Buffer.from(uri, 'base64')).metadata()));
    expect(sizes.map(({ width, height, channels }) => [width, height, channels])).to.deep.equal([
      [256, 256, 3],
      [16, 16, 1],
    ]);
    expect(wordsOf(page)).to.include('alike: not measured');
  });
});
