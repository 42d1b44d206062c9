import { expect } from 'chai';
import type { Destination } from '../../../../src/node/runs/destination.ts';
import { openDestination } from '../../../../src/node/runs/destinations/openDestination.ts';
import { rejection } from '../../../support/scratch.ts';
import { processContract, type Store } from './processContract.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What every destination keeps. */
export const destinationContract = (store: Store): void => {
  let destination: Destination;
  beforeEach(async () => {
    destination = await openDestination(store.place());
  });
  afterEach(async () => {
    await destination.close();
  });
  const names = async (prefix = ''): Promise<string[]> => {
    const found: string[] = [];
    for await (const name of destination.list(prefix)) found.push(name);
    return found;
  };
  const text = async (name: string, span?: { at: number; bytes: number }): Promise<string | undefined> => {
    const bytes = await destination.read(name, span);
    return bytes && new TextDecoder().decode(bytes);
  };
  it('says whether two can both be first', () => expect(destination.isExclusive).to.equal(store.isExclusive));

  it('puts what is new once, and keeps what was there', async () => {
    expect(await destination.putNew('shards/a.json', bytesOf('first'))).to.equal(true);
    for (const other of ['second', 'first']) {
      expect(await destination.putNew('shards/a.json', bytesOf(other)), other).to.equal(false);
    }
    expect(await text('shards/a.json')).to.equal('first');
    expect(await names()).to.deep.equal(['shards/a.json']);
  });

  it('puts something in the place of what was there, empty files too', async () => {
    await destination.put('a', bytesOf('first'));
    await destination.put('a', bytesOf('2'));
    expect(await text('a')).to.equal('2');
    await destination.put('a', new Uint8Array());
    expect(await text('a')).to.equal('');
    expect(await destination.putNew('a', bytesOf('third'))).to.equal(false);
  });

  it('puts parts as one file, however many and however large', async () => {
    const size = 2_000_001; // in a store two parts
    await destination.putStream(
      'all',
      each(9, (n) => new Uint8Array(size).fill(n)),
    );
    const all = await destination.read('all');
    expect(all?.length).to.equal(9 * size);
    expect(Array.from({ length: 9 }, (_, n) => [all?.[n * size], all?.[(n + 1) * size - 1]])).to.deep.equal(
      Array.from({ length: 9 }, (_, n) => [n, n]),
    );
    await destination.putStream(
      'all',
      each(0, () => new Uint8Array()),
    );
    expect(await text('all')).to.equal('');
  });

  it('keeps what was there where parts fail, and says their own error', async () => {
    await destination.put('all', bytesOf('before'));
    const failing = each(20, (n) => {
      if (n === 19) throw new Error('part 19 is damaged');
      return new Uint8Array(1_000_000);
    });
    expect(await rejection(destination.putStream('all', failing))).to.have.property('message', 'part 19 is damaged');
    expect(await text('all')).to.equal('before');
    expect(await names()).to.deep.equal(['all']);
  });

  it('reads some bytes, as many as there are, and nothing of what is not there', async () => {
    await destination.put('data/a', bytesOf('0123456789'));
    expect(await text('data/a', { at: 3, bytes: 4 })).to.equal('3456');
    expect(await text('data/a', { at: 8, bytes: 4 })).to.equal('89');
    expect(await text('data/a', { at: 10, bytes: 4 })).to.equal('');
    expect(await text('data/a', { at: 2, bytes: 0 })).to.equal('');
    for (const name of ['a', 'data', 'data/a/b', 'data/b']) {
      expect(await text(name), name).to.equal(undefined);
      expect(await text(name, { at: 0, bytes: 1 }), name).to.equal(undefined);
      expect(await text(name, { at: 0, bytes: 0 }), name).to.equal(undefined);
    }
  });

  it('lists by the beginning of names, in the order of their characters', async () => {
    const inOrder = ['a-b', 'a.b/c', 'a/b', 'a/c d+e', 'a0', 'b', 'é', '\uffee', '😀'];
    for (const name of inOrder.toReversed()) await destination.put(name, bytesOf(name));
    expect(await names()).to.deep.equal(inOrder);
    expect(await names('a')).to.deep.equal(inOrder.slice(0, 5));
    expect(await names('a/')).to.deep.equal(['a/b', 'a/c d+e']);
    expect(await names('a/c')).to.deep.equal(['a/c d+e']);
    expect(await names('c')).to.deep.equal([]);
    for (const name of inOrder) expect(await text(name)).to.equal(name);
  });

  it('lists more than a page of names', async function () {
    this.timeout(30_000);
    const many = Array.from({ length: store.page + 3 }, (_, n) => `shards/${String(n).padStart(4, '0')}`);
    for (let n = 0; n < many.length; n += 50) {
      await Promise.all(many.slice(n, n + 50).map((name) => destination.put(name, bytesOf(name))));
    }
    expect(await names('shards/')).to.deep.equal(many);
  });

  it('removes, also what is not there', async () => {
    await destination.put('pieces/a', bytesOf('a'));
    await destination.remove('pieces/a');
    await destination.remove('pieces/a');
    expect([await text('pieces/a'), await names()]).to.deep.equal([undefined, []]);
  });

  it('refuses names that would mean something else elsewhere', async () => {
    for (const name of ['', '/a', 'a/', 'a//b', '../a', 'a/../../b', './a', 'a\\b', 'a\nb']) {
      for (const use of [
        () => destination.put(name, bytesOf('a')),
        () => destination.putNew(name, bytesOf('a')),
        () =>
          destination.putStream(
            name,
            each(1, () => bytesOf('a')),
          ),
        async () => destination.read(name),
        () => destination.remove(name),
      ]) {
        expect(await rejection(use()), JSON.stringify(name)).to.have.property('code', 'bad-name');
      }
    }
    expect(await names()).to.deep.equal([]);
  });

  processContract(store, { destination: () => destination, names, text });
};

async function* each(count: number, part: (n: number) => Uint8Array): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < count; n += 1) yield part(n);
}
