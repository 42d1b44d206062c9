import { expect } from 'chai';
import { type Sampling, somePeople } from '../../../src/apps/anonymise/sample.ts';

/** Images of so many people, each with as many of them. */
const images = (people: number, each: number) => Array.from({ length: people * each }, (_, n) => Math.floor(n / each));

const sample = (people: readonly number[], most: number, least: number) => {
  const sampling: Sampling = { people, most, least };
  const taken = somePeople([...people.keys()], sampling);
  const own = new Map<number, number>();
  for (const place of taken) own.set(people[place] as number, (own.get(people[place] as number) ?? 0) + 1);
  return { taken, people: own.size, each: new Set(own.values()) };
};

describe('a sample of people', () => {
  it('has all images of those that are in it, and no more than it may', () => {
    const { taken, people, each } = sample(images(30, 4), 50, 12);
    expect({ images: taken.length, people }).to.deep.equal({ images: 48, people: 12 });
    expect([...each]).to.deep.equal([4]);
    expect(taken).to.deep.equal(taken.toSorted((a, b) => a - b));
  });

  it('is everybody where there are few', () => {
    expect(sample(images(5, 2), 50, 12).taken).to.have.length(10);
  });

  it('has as many people as are needed where each has very many images', () => {
    const { taken, people, each } = sample(images(30, 500), 400, 20);
    expect({ images: taken.length, people }).to.deep.equal({ images: 400, people: 20 });
    expect([...each]).to.deep.equal([20]);
  });

  it('has one image of each where it may have fewer than people are needed', () => {
    const { taken, people } = sample(images(30, 3), 4, 10);
    expect({ images: taken.length, people }).to.deep.equal({ images: 10, people: 10 });
  });
});
