import { join } from 'node:path';
import { unet2d } from '../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../src/networks/unet2dConfig.ts';
import { type Benchmark, networkSeconds, type Setting } from './benchmark.ts';
import { FASHION, networkConfig, withScratch, writeCifar } from './checkpoints.ts';
import { countMacs } from './countMacs.ts';
import type { Figure, Wanted } from './figure.ts';
import {
  findLanes,
  type Lane,
  laneFacts,
  laneName,
  networkSubject,
  type OpenLane,
  openLane,
  withLanes,
} from './lanes.ts';
import { PRODUCT_GFLOP, productSubjects } from './matrixProduct.ts';
import { interleave, type Subject } from './measure.ts';
import { quantile, ratios, summarise } from './statistics.ts';

const NETWORKS = ['cifar', 'fashion'] as const;
type NetworkName = (typeof NETWORKS)[number];
const BATCHES = [1, 4, 16];

const roundsOf = ({ quick }: Pick<Setting, 'quick'>): number => (quick ? 3 : 9);
const batchesOf = (name: NetworkName, { quick }: Pick<Setting, 'quick'>): number[] =>
  BATCHES.filter((batch) => !(quick && name === 'cifar' && batch > 1));

/** GFLOP of one image: two for each multiplication with an addition. */
export const networkGflop = (name: NetworkName): number => {
  const config = parseUNet2DConfig(networkConfig(name));
  const [height, width] = config.sampleSize ?? [32, 32];
  return (2 * countMacs(unet2d(config), { height, width })) / 1e9;
};

/** What the ONNX engine should reach, as a share of the machine's own matrix product. */
const wantedShare = (name: NetworkName, batch: number, { engine }: Lane): Wanted | undefined => {
  if (engine !== 'onnx') return undefined;
  if (name === 'cifar') return { least: 0.95 };
  return batch === 16 ? { least: 0.6 } : undefined;
};

export const network: Benchmark = {
  about: 'how fast is the network itself, beside a product of large matrices on the same machine?',
  seconds(setting) {
    const gflop = NETWORKS.flatMap((name) => batchesOf(name, setting).map((batch) => batch * networkGflop(name)));
    const calls = roundsOf(setting) + 2;
    const once = gflop.reduce((sum, each) => sum + networkSeconds('onnx', each) + networkSeconds('wasm', each), 0);
    return 15 + calls * once;
  },
  run: (setting) =>
    withScratch(async function* (scratch) {
      const { lanes, absent } = await findLanes();
      for (const reason of absent) setting.say(`not measured: ${reason}`);
      const products = await productSubjects(lanes);
      for (const name of NETWORKS) {
        const folder = name === 'cifar' ? await writeCifar(join(scratch, name)) : FASHION;
        const open = openAll(lanes, folder);
        yield* withLanes(open, async function* (opened) {
          for (const batch of batchesOf(name, setting)) yield* measureBatch(name, batch, { opened, products, setting });
        });
      }
    }),
};

const openAll = async (lanes: readonly Lane[], folder: string): Promise<OpenLane[]> => {
  const opened: OpenLane[] = [];
  for (const lane of lanes) opened.push(await openLane(lane, folder)); // one by one: each sets the backend
  return opened;
};

type Measuring = {
  readonly opened: readonly OpenLane[];
  readonly products: Readonly<Record<string, Subject>>;
  readonly setting: Setting;
};

async function* measureBatch(
  name: NetworkName,
  batch: number,
  { opened, products, setting }: Measuring,
): AsyncGenerator<Figure> {
  const networks = opened.map((lane) => [laneName(lane), networkSubject(lane, { batch, calls: 1 })]);
  const subjects = { ...products, ...Object.fromEntries(networks) };
  const times = await interleave(subjects, { rounds: roundsOf(setting), leastMs: setting.quick ? 50 : 200 });
  const best = fastestProduct(times);
  for (const lane of opened) {
    const ms = times[laneName(lane)] ?? [];
    const rates = ms.map((each) => (1000 * batch * networkGflop(name)) / each);
    const wanted = wantedShare(name, batch, lane);
    const at = { network: name, engine: laneName(lane), batch };
    const common = { bench: 'network', engine: laneFacts(lane), at };
    yield { ...common, what: 'an image', unit: 'ms', ...summarise(ms.map((each) => each / batch)) };
    yield { ...common, what: 'network', unit: 'GFLOP/s', ...summarise(rates) };
    yield { ...common, what: 'matrix product', unit: 'GFLOP/s', ...summarise(best) };
    yield { ...common, what: 'share', unit: '', ...summarise(ratios(rates, best)), ...(wanted ? { wanted } : {}) };
  }
}

/** GFLOP/s of the library whose product is fastest in most rounds, round by round. */
const fastestProduct = (times: Readonly<Record<string, readonly number[]>>): number[] => {
  const rates = Object.entries(times)
    .filter(([name]) => name.startsWith('product on '))
    .map(([, ms]) => ms.map((each) => (1000 * PRODUCT_GFLOP) / each));
  return rates.toSorted((a, b) => quantile(b, 0.5) - quantile(a, 0.5))[0] ?? [];
};
