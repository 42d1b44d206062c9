import * as tf from '@tensorflow/tfjs-core';
import type { Architecture } from '../../networks/architecture.ts';
import type { ConvOptions, NetOps } from '../../networks/ops.ts';
import { activations } from './activations.ts';
import { type Bands, bandsOf, cutsOf, keepBands, mapRows } from './bands.ts';
import { channelMean, groupMean } from './groupNorm.ts';
import { tfjsOps } from './ops.ts';
import { upsample2x } from './upsample.ts';

/** A feature map in bands; a tensor is a parameter, or rows for attention. */
export type Banded = tf.Tensor | Bands;

/**
 * The operations of an autoencoder on feature maps in so many horizontal bands, which give what they give for the whole
 * map, to rounding: a convolution sees the rows beside its band, a norm has the statistics of all bands, attention joins
 * them. Only results of convolutions and sums are kept; all else is computed for a band when it is needed. So at most
 * three maps are held at a time, and for what lies between them a band is enough.
 *
 * The gradient does not go through here. What an autoencoder does not need is not there: asking for it is an error.
 */
export const bandedOps = (count: number): NetOps<Banded> => {
  const ops: Partial<NetOps<Banded>> = {
    conv2d: (x, weight, bias, options) => {
      const map = convolved(x as Bands, [weight as tf.Tensor, bias as tf.Tensor], options);
      return (weight as tf.Tensor).shape[0] === 1 ? map : keepBands(map, count);
    },
    groupNorm: (x, scale, shift, options) =>
      normed(x as Bands, scale as tf.Tensor, shift as tf.Tensor, { ...options, count }),
    activate: (x, activation) => mapRows(x as Bands, activations[activation]),
    affine: (x, factor, offset) => mapRows(x as Bands, (rows) => tfjsOps.affine(rows, factor, offset)),
    channels: (x, from, to) => mapRows(x as Bands, (rows) => tfjsOps.channels(rows, from, to)),
    nearestRow: (x, table) => mapRows(x as Bands, (rows) => tfjsOps.nearestRow(rows, table as tf.Tensor)),
    add: (a, b) => keepBands(sum(a as Bands, b as Bands), count),
    upsample2x: (x) => doubled(x as Bands),
    toRows: (x) => tfjsOps.toRows((x as Bands).rows(0, (x as Bands).height)),
    toMap: (rows, like) => {
      const [count = 0, positions = 0, channels = 0] = (rows as tf.Tensor).shape;
      const { height } = like as Bands;
      return bandsOf([tf.reshape(rows as tf.Tensor, [count, height, positions / height, channels])]);
    },
    linear: (rows, weight, bias) => tfjsOps.linear(rows as tf.Tensor, weight as tf.Tensor, bias as tf.Tensor | null),
    attend: (query, key, value, options) =>
      tfjsOps.attend(query as tf.Tensor, key as tf.Tensor, value as tf.Tensor, options),
    part: (compute) => {
      let result: Bands | undefined;
      tf.tidy(() => {
        result = compute() as Bands;
        return [...result.kept];
      });
      return result as unknown as Bands;
    },
  };
  return new Proxy(ops as NetOps<Banded>, { get: (own, name: keyof NetOps<Banded>) => own[name] ?? refuse(name) });
};

const refuse = (name: string) => (): never => {
  throw new Error(`a network that needs ${name} cannot run in bands`); // a mistake in whoever asks for it
};

type Filter = readonly [weight: tf.Tensor, bias: tf.Tensor | null];

const convolved = (x: Bands, [weight, bias]: Filter, { stride, padding }: ConvOptions): Bands => {
  const [top, bottom, left, right] = padding;
  const [size = 0] = weight.shape;
  return {
    kept: x.kept,
    height: Math.floor((x.height + top + bottom - size) / stride) + 1,
    rows: (from, to) => {
      const [first, last] = [from * stride - top, (to - 1) * stride + size - top]; // some of them outside of the map
      const rows = x.rows(Math.max(0, first), Math.min(last, x.height));
      const around = [Math.max(0, -first), Math.max(0, last - x.height), left, right] as const;
      return tfjsOps.conv2d(rows, weight, bias, { stride, padding: around }) as tf.Tensor4D;
    },
  };
};

type NormOptions = { readonly groups: number; readonly epsilon: number; readonly count: number };

/** @see `groupNorm`; the means are those of all bands. */
const normed = (x: Bands, scale: tf.Tensor, shift: tf.Tensor, { groups, epsilon, count }: NormOptions): Bands => {
  const meanOf = (change: (rows: tf.Tensor) => tf.Tensor): tf.Tensor =>
    tf.tidy(() => {
      const shares = cutsOf(x.height, count).map(([from, to]) =>
        tf.tidy(() => tf.mul(channelMean(change(x.rows(from, to))), (to - from) / x.height)),
      );
      return groupMean(tf.addN(shares), groups);
    });
  const mean = meanOf((rows) => rows);
  const variance = meanOf((rows) => tf.square(tf.sub(rows, mean)));
  const factor = tf.mul(tf.rsqrt(tf.add(variance, epsilon)), scale);
  const map = mapRows(x, (rows) => tf.add(tf.mul(tf.sub(rows, mean), factor), shift));
  return { ...map, kept: [...x.kept, mean, factor] };
};

const sum = (a: Bands, b: Bands): Bands => ({
  height: a.height,
  kept: [...a.kept, ...b.kept],
  rows: (from, to) => tf.add(a.rows(from, to), b.rows(from, to)),
});

const doubled = (x: Bands): Bands => ({
  kept: x.kept,
  height: 2 * x.height,
  rows: (from, to) => {
    const first = Math.floor(from / 2);
    const rows = upsample2x(x.rows(first, Math.ceil(to / 2)));
    return tf.slice(rows, [0, from - 2 * first, 0, 0], [-1, to - from, -1, -1]);
  },
});

/** Runs a network of feature maps in bands. Its outputs are the caller's. */
export const runInBands = (
  architecture: Architecture,
  parameters: (name: string) => tf.Tensor,
  inputs: Readonly<Record<string, tf.Tensor>>,
  count: number,
): tf.NamedTensorMap =>
  tf.tidy(() => {
    const network = architecture.build(bandedOps(count), parameters);
    const outputs = network(mapValues(inputs, (x) => bandsOf([x])));
    return mapValues(outputs as Record<string, Bands>, ({ height, rows }) => rows(0, height));
  });

const mapValues = <A, B>(values: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
