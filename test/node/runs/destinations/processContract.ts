import { expect } from 'chai';
import type { Destination } from '../../../../src/node/runs/destination.ts';
import { startWriter, type Writer } from './startWriter.ts';

/** A store of some kind that is empty before each test. */
export type Store = {
  readonly place: () => string;
  /** What a process needs to find it. */
  readonly env?: () => NodeJS.ProcessEnv;
  /** Of two that put the same at once, whether only one is told that it was first. */
  readonly isExclusive: boolean;
  /** Names that it lists at once. */
  readonly page: number;
};

type Looking = {
  readonly destination: () => Destination;
  readonly names: () => Promise<string[]>;
  readonly text: (name: string) => Promise<string | undefined>;
};

const BYTES = new Uint8Array([1, 2, 3]);

/** What every destination keeps where several processes write to it, and some of them are killed. */
export const processContract = (store: Store, { destination, names, text }: Looking): void => {
  const writers: Writer[] = [];
  afterEach(() => Promise.all(writers.splice(0).map((writer) => writer.kill())));
  const writer = (...[work, own = 'a']: ['race' | 'stream' | 'endless', string?]): Writer => {
    const one = startWriter(work, store.place(), { own, env: store.env?.() ?? {} });
    writers.push(one);
    return one;
  };

  it('has one that is first with each name, of two processes at once', async function () {
    this.timeout(30_000);
    const two = ['a', 'b'].map((own) => ({ own, process: writer('race', own) }));
    for (const { process } of two) await process.said('open');
    for (const { process } of two) process.go();
    const firsts = await Promise.all(
      two.map(async ({ own, process }) => {
        const [, said = '[]'] = (await process.said(']')).split('open\n');
        return (JSON.parse(said) as string[]).map((name) => ({ name, own }));
      }),
    );
    const won = firsts.flat();
    expect(new Set(won.map(({ name }) => name)).size).to.equal(40);
    if (store.isExclusive) expect(won).to.have.lengthOf(40);
    for (const { name } of won) {
      const owners = won.filter((one) => one.name === name).map(({ own }) => own.repeat(1000));
      expect(owners).to.include(await text(name)); // whole, and that of one who was told so
    }
  });

  it('shows nothing of what a killed process was putting, and sweeps it away in the end', async function () {
    this.timeout(30_000);
    const stuck = writer('stream');
    await stuck.said('open');
    stuck.go();
    await stuck.said('some parts came');
    await destination().put('other', BYTES);
    await destination().sweep(); // takes nothing from one that runs
    expect(await names()).to.deep.equal(['other']);
    await stuck.kill();
    expect([await names(), await text('big')]).to.deep.equal([['other'], undefined]);
    await destination().sweep();
    await destination().put('big', BYTES);
    expect([await names(), await text('big')]).to.deep.equal([['big', 'other'], '\u0001\u0002\u0003']);
  });

  it('holds whole files only, at whatever moment a process is killed', async function () {
    this.timeout(30_000);
    const endless = writer('endless');
    await endless.said('open');
    endless.go();
    await endless.said('putting n-7');
    await endless.kill();
    const found = await names();
    expect(found.length).to.be.at.least(7);
    for (const name of found) {
      const bytes = await destination().read(name);
      expect(bytes?.length, name).to.equal(200_000);
      expect(
        bytes?.every((value) => value === Number(name.slice(2))),
        name,
      ).to.equal(true);
    }
  });
};
