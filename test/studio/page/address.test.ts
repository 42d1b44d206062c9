import { expect } from 'chai';
import { type Choice, USUAL } from '../../../src/studio/choice.ts';
import { readAddress, VIEW_NAMES, writeAddress } from '../../../src/studio/page/address.ts';

const base = 'http://127.0.0.1:5000/';
const chosen: Choice = {
  ...USUAL,
  images: [3, 1, 2],
  strength: 0.45,
  way: { solver: 'ddim', eta: 0.5, prompt: 'a “boot” & more=100 %' },
  measure: { ...USUAL.measure, target: 0.8 },
  schedule: { ...USUAL.schedule, strength: ['cosine', 0.1, 0.6], adaptive: { target: 0.9, step: 0.05 } },
};

describe('the address of the studio', () => {
  for (const isStatic of [false, true]) {
    for (const view of VIEW_NAMES) {
      it(`says all that was chosen in ${view}${isStatic ? ', in the query where only files are known' : ''}`, () => {
        const place = { label: '3', page: '2' };
        const href = new URL(writeAddress({ view, choice: chosen, place }, { isStatic }), base).href;
        expect(readAddress(href)).to.deep.equal({ view, choice: chosen, place, isChosen: true });
      });
    }
  }

  it('holds only what differs from what is usual', () => {
    expect(writeAddress({ view: 'strength', choice: USUAL, place: {} })).to.equal('strength');
    const text = writeAddress({ view: 'strength', choice: { ...USUAL, strength: 0.4 }, place: {} });
    expect(decodeURIComponent(text)).to.equal('strength?choice={"strength":0.4}');
    const nested = writeAddress({ view: 'take', choice: { ...chosen, way: {} }, place: {} });
    expect(decodeURIComponent(nested)).to.not.match(/minDiversity|"way"|"seed"/);
  });

  it('says that everything is as usual where a page would begin with something else', () => {
    const text = writeAddress({ view: 'images', choice: USUAL, place: {} }, { isWhole: true });
    expect(readAddress(new URL(text, base).href))
      .to.include({ isChosen: true })
      .and.to.deep.include({ choice: USUAL });
  });

  for (const [what, text, words] of [
    ['a strength of 7', '{"strength":7}', /strength/],
    ['a name that it does not know', '{"power":1}', /power/],
    ['no JSON', '{', /JSON/],
    ['no choice at all', '[1]', /as the studio writes it/],
  ] as const) {
    it(`leaves out ${what}, and says so`, () => {
      const { choice, fault, isChosen } = readAddress(`${base}strength?choice=${encodeURIComponent(text)}`);
      expect({ choice, isChosen }).to.deep.equal({ choice: USUAL, isChosen: false });
      expect(fault).to.match(words).and.to.include('left out');
    });
  }

  it('opens with the images where it names no view', () => {
    expect(readAddress(base).view).to.equal('images');
    expect(readAddress(`${base}elsewhere`).view).to.equal('images');
  });
});
