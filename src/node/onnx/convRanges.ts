import { createHash } from 'node:crypto';
import { isObject } from '../../checkpoints/configFile.ts';
import { warn } from '../../warn.ts';
import { version } from '../version.ts';
import { type GraphFolder, remember } from './graphFolder.ts';
import { DREAM, type MeasuredRanges, type Measuring, measureRanges } from './measureRanges.ts';

/**
 * The ranges that the convolutions of a denoiser need at all noise levels: those seen while the model makes images of
 * its own from noise, for which no data is needed. They are measured once, and kept in the folder of its graphs. Says so,
 * and warns of a network that whole numbers do not suit.
 *
 * @returns the ranges, and 8 hexadecimal digits that tell them from others.
 * @throws ArgumentError `bad-model`. NumericError `not-finite`. EnvironmentError `no-cache-folder`, and those of `open`.
 */
export const convRanges = async (graphs: GraphFolder, measuring: Measuring) => {
  const name = `ranges-${digestOf([version, DREAM, measuring.facts.digest])}.json`;
  const { ranges, difference } = await remember(graphs, {
    ...{ name, parse },
    make: async () => checked(await measureRanges(measuring)),
  });
  if (difference > MUCH) {
    const share = `${(100 * difference).toFixed(0)} %`;
    warn(`in int8 this network's answers differ from float32 by ${share}; int8 does not suit it: leave precision out`);
  }
  return { ranges, digest: digestOf(ranges) };
};

/** Trained networks were seen to differ by 1 %. */
const MUCH = 0.05;

const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);

/** With what proves that it is as it was written. */
type Kept = MeasuredRanges & { readonly check: string };

const checked = (measured: MeasuredRanges): Kept => ({
  ...measured,
  check: digestOf([measured.ranges, measured.difference]),
});

const parse = (kept: unknown): Kept | undefined => {
  if (!isObject(kept) || !Array.isArray(kept['ranges'])) return undefined;
  return kept['check'] === digestOf([kept['ranges'], kept['difference']]) ? (kept as Kept) : undefined;
};
