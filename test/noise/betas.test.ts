import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { alphaBarTable, zeroTerminalSnr } from '../../src/noise/alphaBar.ts';
import { cosineBetas, linearBetas, scaledLinearBetas, sigmoidBetas } from '../../src/noise/betas.ts';
import { noiseSchedule } from '../../src/noise/schedule.ts';

const TABLES = { linearBetas, scaledLinearBetas, sigmoidBetas, cosineBetas: (count: number) => cosineBetas(count) };

describe('tables of betas', () => {
  for (const [name, table] of Object.entries(TABLES)) {
    it(`${name} gives a schedule of any length, in float32`, () => {
      for (const count of [2, 7, 100, 1000]) {
        const betas = table(count);
        expect(betas).to.have.lengthOf(count).and.to.deep.equal(betas.map(Math.fround));
        expect(noiseSchedule(alphaBarTable(betas)).alphaBar).to.have.lengthOf(count);
      }
    });

    it(`${name} refuses fewer than 2 timesteps and fractions of one`, () => {
      for (const count of [1, 2.5, Number.NaN]) {
        expect(() => table(count))
          .to.throw(ArgumentError, `${count}`)
          .with.property('code', 'bad-betas');
      }
    });
  }

  it('linear and scaled linear betas begin and end where they are told', () => {
    for (const table of [linearBetas, scaledLinearBetas]) {
      const betas = table(1000, 0.00085, 0.012);
      expect(betas[0]).to.be.closeTo(0.00085, 1e-9);
      expect(betas.at(-1)).to.be.closeTo(0.012, 1e-8);
    }
  });

  it('linear betas are as even as float32 can be', () => {
    linearBetas(1000).forEach((beta, t) => {
      expect(beta).to.be.closeTo(1e-4 + (t * (0.02 - 1e-4)) / 999, 4e-9); // two units in the last place
    });
  });

  it('cosine betas follow the squared cosine, and are held between their bounds', () => {
    const betas = cosineBetas(1000, { minBeta: 1e-4, maxBeta: 0.9 });
    expect(betas[0]).to.equal(Math.fround(1e-4));
    expect(betas.at(-1)).to.equal(Math.fround(0.9));
    const signal = (share: number): number => Math.cos((((share + 0.008) / 1.008) * Math.PI) / 2) ** 2;
    expect(alphaBarTable(cosineBetas(1000))[499]).to.be.closeTo(signal(0.5) / signal(0), 1e-6);
  });

  it('a cosine that begins nowhere, or bounds that are none, are refused', () => {
    const refused = [
      { offset: Number.NaN },
      { offset: -1 },
      { offset: Number.POSITIVE_INFINITY },
      { maxBeta: Number.NaN },
    ];
    for (const options of [...refused, { minBeta: Number.NaN }]) {
      expect(() => cosineBetas(10, options), JSON.stringify(options))
        .to.throw(ArgumentError)
        .with.property('code', 'bad-betas');
    }
  });

  it('betas that fall, vanish or reach 1 are refused', () => {
    for (const [start, end] of [
      [0.02, 1e-4],
      [0, 0.02],
      [1e-4, 1],
      [Number.NaN, 0.02],
    ] as const) {
      expect(() => linearBetas(10, start, end))
        .to.throw(ArgumentError, `${start}`)
        .with.property('code', 'bad-betas');
    }
  });
});

describe('alphaBar', () => {
  it('is the running product of what each beta leaves', () => {
    expect(alphaBarTable([0.5, 0.25, 0.5])).to.deep.equal([0.5, 0.375, 0.1875]);
  });

  it('ends in almost nothing under zero terminal SNR, and begins where it began', () => {
    for (const table of Object.values(TABLES)) {
      const [plain, rescaled] = [alphaBarTable(table(1000)), alphaBarTable(zeroTerminalSnr(table(1000)))];
      expect(noiseSchedule(rescaled).alphaBar.at(-1)).to.be.below(1e-7);
      expect(rescaled[0]).to.be.closeTo(plain[0] ?? 0, 2e-7);
    }
  });
});
