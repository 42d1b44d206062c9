import { expect } from 'chai';
import type { IdentityReport } from '../../../src/apps/anonymise/identity.ts';
import { reportText, summaryOf } from '../../../src/apps/anonymise/report.ts';
import { NumericError } from '../../../src/errors.ts';
import { madeUpReport } from '../../node/anonymise/madeUp.ts';

const identity = (similarity: readonly number[]): IdentityReport => ({
  images: similarity.length,
  people: 3,
  notFound: { originals: 0, copies: 0 },
  similarity: Float64Array.from(similarity),
  own: {},
  person: {},
  verification: [],
});

describe('reportText', () => {
  it('is JSON that says what the report says', () => {
    expect(JSON.parse(reportText(madeUpReport()))).to.deep.equal(madeUpReport());
  });

  it('refuses numbers that JSON would turn into nothing, and says where they stand', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const curve = madeUpReport().curve.map((point, n) => (n === 2 ? { ...point, risk: value } : point));
      expect(() => reportText(madeUpReport({ curve })))
        .to.throw(NumericError, `curve.2.risk of the report is ${value}`)
        .with.property('code', 'not-finite');
    }
  });
});

describe('summaryOf', () => {
  it('tells similarities by a few of them, of those that were measured', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => (n * 37) % 100);
    const { similarity, ...others } = summaryOf(identity([Number.NaN, ...hundred, Number.NaN]));
    expect(similarity).to.deep.equal({ mean: 49.5, median: 49, most: 94, highest: 99, of: 100 });
    expect(others).to.include({ images: 102, people: 3 });
    expect(summaryOf(identity([0.5])).similarity).to.deep.equal({
      mean: 0.5,
      median: 0.5,
      most: 0.5,
      highest: 0.5,
      of: 1,
    });
  });

  it('tells of none where none was measured', () => {
    expect(summaryOf(identity([Number.NaN]))).to.not.have.property('similarity');
  });
});
