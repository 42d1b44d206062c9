import { expect } from 'chai';
import { ArgumentError, EnvironmentError, NumericError } from '../../../src/errors.ts';
import { makeShard } from '../../../src/node/runs/makeShard.ts';
import type { RunPlan, Shard } from '../../../src/node/runs/plan.ts';
import type { ReadImage } from '../../../src/node/runs/readImages.ts';
import type { VariantMaker } from '../../../src/node/runs/variantMaker.ts';
import { rejection } from '../../support/scratch.ts';

const shard: Shard = { name: '00000000-v0', first: 0, count: 4, variant: 0 };
const plan = { data: { count: 4 }, augment: { options: {} } } as unknown as RunPlan;

const images = [0, 1, 2, 3].map(
  (place): ReadImage => ({
    place,
    name: `image ${place}`,
    shape: [1, 1, 1],
    pixels: Uint8Array.of(place),
    changes: [],
  }),
);

/** Makes the images themselves, unless something is wrong with one of a batch. */
const maker = (fault: (places: readonly number[], call: number) => Error | undefined) => {
  const calls: number[][] = [];
  const make: VariantMaker = async (some) => {
    const places = some.map(({ place }) => place);
    calls.push(places);
    const error = fault(places, calls.length);
    if (error) throw error;
    return some.map(({ pixels }) => ({ key: 'key', pixels, bankNames: [] }));
  };
  return { make, calls };
};

const made = async (make: VariantMaker, some = images) => {
  const range = { images: some, failed: [] };
  const { made: samples, failed } = await makeShard({ plan, shard, range, make, signal: new AbortController().signal });
  return { places: samples.map(({ sample }) => sample.place), failed };
};

describe('the images of a shard', () => {
  it('walk together', async () => {
    const { make, calls } = maker(() => undefined);
    expect(await made(make)).to.deep.equal({ places: [0, 1, 2, 3], failed: [] });
    expect(calls).to.deep.equal([[0, 1, 2, 3]]);
  });

  it('walk together with those of their shape alone', async () => {
    const { make, calls } = maker(() => undefined);
    const wide = images.map((one) => (one.place === 2 ? { ...one, shape: [1, 2, 1] as const } : one));
    expect((await made(make, wide)).places).to.deep.equal([0, 1, 2, 3]);
    expect(calls).to.deep.equal([[0, 1], [2], [3]]);
  });

  it('are tried alone where they fail together, and those that fail again are listed', async () => {
    const { make, calls } = maker((places) =>
      places.includes(2) ? new NumericError('not-finite', 'no number\nat all') : undefined,
    );
    expect(await made(make)).to.deep.equal({
      places: [0, 1, 3],
      failed: [{ place: 2, name: 'image 2', why: 'no number' }],
    });
    expect(calls).to.deep.equal([[0, 1, 2, 3], [0], [1], [2], [3]]);
  });

  it('are all made where the fault was gone the second time', async () => {
    const { make } = maker((_, call) => (call === 1 ? new NumericError('not-finite', 'for once') : undefined));
    expect(await made(make)).to.deep.equal({ places: [0, 1, 2, 3], failed: [] });
  });

  for (const error of [
    new EnvironmentError('out-of-memory', 'too large'),
    new ArgumentError('bad-classifier', 'no'),
    new Error('?'),
  ]) {
    it(`are not blamed for ${error.name} "${error.message}", which ends the run at once or alone`, async () => {
      const { make, calls } = maker(() => error);
      expect(await rejection(made(make))).to.equal(error);
      expect(calls).to.have.length(1);
      const later = maker((_, call) => (call === 1 ? new NumericError('not-finite', 'one') : error));
      expect(await rejection(made(later.make))).to.equal(error);
    });
  }

  it('are made no more once the run is told to end', async () => {
    const { make, calls } = maker(() => undefined);
    const range = { images, failed: [] };
    const reason = new Error('stopped');
    expect(await rejection(makeShard({ plan, shard, range, make, signal: AbortSignal.abort(reason) }))).to.equal(
      reason,
    );
    expect(calls).to.deep.equal([]);
  });
});
