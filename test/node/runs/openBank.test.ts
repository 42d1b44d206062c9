import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { memoryBank } from '../../../src/caches/bank.ts';
import { memoryCache } from '../../../src/caches/cache.ts';
import type { FormatName } from '../../../src/node/runs/format.ts';
import { openBank } from '../../../src/node/runs/openBank.ts';
import type { RunAugment } from '../../../src/node/runs/planRun.ts';
import type { ShardRecord } from '../../../src/node/runs/shardRecord.ts';
import type { VariantRecord } from '../../../src/returns/record.ts';
import type { AugmentOptions } from '../../../src/transforms/boomerang/options.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { CLASSES, epochs, grey, runOf, WAY } from './drawn.ts';
import { makeRun, type Pictures, pictures } from './madeRun.ts';

const colour = pictures(4, [4, 4, 3], CLASSES);
const large = pictures(4, [6, 5, 1], CLASSES);

type Case = {
  readonly given?: Pictures;
  /** Of the run and of the augmenter. */
  readonly augment?: Partial<RunAugment>;
  /** Of the augmenter alone. */
  readonly more?: Partial<AugmentOptions>;
  readonly format?: FormatName;
  /** Whether the augmenter is told the seed and the strength, and no filters. */
  readonly isTerse?: true;
};

const labels = 'ys';
const CASES: Readonly<Record<string, Case>> = {
  'as it is': {},
  'in colour, as TFRecord': { given: colour, format: 'tfrecord' },
  'as a folder': { format: 'folder' },
  'as IDX': { format: 'idx' },
  'in colour, as IDX': { given: colour, format: 'idx' },
  'of pairs': { augment: { mode: 'pair' } },
  'of pairs, as IDX': { augment: { mode: 'pair' }, format: 'idx' },
  'of soft labels': { augment: { softLabels: { gamma: 1 } }, more: { labels } },
  'of pairs with soft labels': { augment: { mode: 'pair', softLabels: { gamma: 2 } }, more: { labels } },
  'that a distance filtered': { augment: { distance: { min: 0.15 }, tries: 4 } },
  'of which no variant passed': { augment: { distance: { min: 0.9 } } },
  'of which some passed, with soft labels': {
    augment: { distance: { min: 0.15 }, tries: 1, softLabels: { gamma: 1 } },
    more: { labels },
  },
  'behind filters of the usual tries': { augment: { distance: { min: 0.145 } }, isTerse: true },
  'for some images alone': { augment: { select: { share: 0.5 } } },
  'for some images in an epoch': { augment: { probability: 0.5 } },
  'of a range of strengths': { augment: { strength: { from: 0.2, to: 0.6 } } },
  'of a solver that draws': { augment: { solver: 'ddpm', branch: 0.5 } },
  'of images that were resized': { given: large, augment: { fit: 'resize' } },
  'of images of which the detail was kept': { given: large, augment: { fit: 'detail', distance: { min: 0.05 } } },
  'beside a cache': { more: { cache: memoryCache() } },
  'behind filters that the augmenter need not repeat': {
    augment: { distance: { min: 0.15 }, tries: 4 },
    isTerse: true,
  },
};

const FILTERED = 'that a distance filtered';

describe('a bank of a run', () => {
  const scratch = scratchFolder();

  for (const [name, one] of Object.entries(CASES)) {
    it(`gives what a bank in memory gives, and asks no network: ${name}`, async () => {
      const { given = grey, augment = {}, more = {}, isTerse } = one;
      const model = gaussianModel([4, 4, given.shape[2]]);
      const way = { ...WAY, ...augment };
      const { dest } = await makeRun(scratch, { given, model, ...runOf(one.augment, one.format) });
      const bank = await openBank(dest);
      const expected = await epochs(given, { model, ...way, ...more, bank: memoryBank({ variants: 2 }) });
      const asked = model.asked.calls;
      const { distance: _, tries: __, ...terse } = way;
      const found = await epochs(given, { model, ...(isTerse ? terse : way), ...more, bank });
      expect(found.made).to.deep.equal(expected.made);
      const facts = ({ key, variant, kept }: VariantRecord) => [key, variant, kept];
      expect(found.records.map(facts)).to.deep.equal(expected.records.map(facts));
      for (const [n, { kept, distance: far }] of expected.records.entries()) {
        // resizing an image to the model's size and back blurs it
        if (kept) expect(found.records[n]?.distance).to.be.closeTo(far, augment.fit ? 0.04 : 1 / 255);
      }
      expect([found.evaluations, model.asked.calls - asked]).to.deep.equal([0, 0]);
      expect(expected.evaluations).to.be.above(0);
      bank.dispose();
    });
  }

  it('was filtered so that some variants passed at once, some later, and some never', async () => {
    const { dest } = await makeRun(scratch, {
      given: grey,
      model: gaussianModel(),
      ...runOf(CASES[FILTERED]?.augment),
    });
    const shards = readdirSync(join(dest, 'shards')).map((name) => readFileSync(join(dest, 'shards', name), 'utf8'));
    const samples = shards.flatMap((text) => (JSON.parse(text) as ShardRecord).samples);
    const tries = samples.map(({ bankNames, unchanged }) =>
      unchanged ? 'never' : bankNames.length > 1 ? 'later' : 'at once',
    );
    expect(new Set(tries)).to.have.property('size', 3);
  });
});
