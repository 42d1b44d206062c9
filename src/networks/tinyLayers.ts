import { type Architecture, namedValue } from './architecture.ts';
import type { Autoencoder } from './autoencoder.ts';
import { sequence } from './autoencoderBlocks.ts';
import type { Activation } from './ops.ts';
import { type ConvShape, conv, type Layer, type Scope, within } from './scope.ts';

/** Residual blocks of each level in their order, all of them of as many channels. */
export type Levels = { readonly channels: number; readonly blocks: readonly number[] };

type Parts = Pick<Autoencoder, 'imageChannels' | 'latentChannels'> & { readonly activation: Activation };

/** Images in [-1, 1] to latents. */
export const tinyEncoder = ({ imageChannels, latentChannels, activation }: Parts, levels: Levels): Architecture => ({
  inputs: { x: { kind: 'map', channels: imageChannels, multiple: 2 ** (levels.blocks.length - 1) } },
  outputs: ['output'],
  build: (ops, take) => {
    const { channels } = levels;
    const halve = convolution({ from: channels, to: channels, size: 3, stride: 2, padding: [1, 1, 1, 1], bias: false });
    const encode = numbered(within({ ops, take }, 'encoder'), [
      ...levels.blocks.flatMap((count, i) => [
        i === 0 ? convolution({ from: imageChannels, to: channels, size: 3 }) : halve,
        ...residuals(count, channels, activation),
      ]),
      convolution({ from: channels, to: latentChannels, size: 3 }),
    ]);
    return (inputs) => ({ output: encode(ops.affine(namedValue(inputs, 'x'), 0.5, 0.5)) }); // from [-1, 1] to [0, 1]
  },
});

/** Latents, bounded softly by 3, to images about [-1, 1]. */
export const tinyDecoder = ({ imageChannels, latentChannels, activation }: Parts, levels: Levels): Architecture => ({
  inputs: { x: { kind: 'map', channels: latentChannels, multiple: 1 } },
  outputs: ['output'],
  build: (ops, take) => {
    const { channels, blocks } = levels;
    const smooth = convolution({ from: channels, to: channels, size: 3, bias: false });
    const decode = numbered(within({ ops, take }, 'decoder'), [
      convolution({ from: latentChannels, to: channels, size: 3 }),
      ({ ops: { activate } }) =>
        (x) =>
          activate(x, activation),
      ...blocks.flatMap((count, i) => [
        ...residuals(count, channels, activation),
        ...(i < blocks.length - 1 ? [DOUBLE, smooth] : []),
      ]),
      convolution({ from: channels, to: imageChannels, size: 3 }),
    ]);
    return (inputs) => {
      const bounded = ops.affine(ops.activate(ops.affine(namedValue(inputs, 'x'), 1 / 3, 0), 'tanh'), 3, 0);
      return { output: ops.affine(decode(bounded), 2, -1) }; // from [0, 1] to [-1, 1]
    };
  },
});

/** Makes a layer from its number in the list of all, where its parameters are. */
type Make = <T>(scope: Scope<T>, name: string) => Layer<T>;

const numbered = <T>(scope: Scope<T>, makes: readonly Make[]): Layer<T> =>
  sequence(
    scope.ops,
    makes.map((make, i) => make(within(scope, 'layers'), `${i}`)),
  );

const convolution =
  (shape: ConvShape): Make =>
  (scope, name) =>
    conv(scope, name, shape);

const DOUBLE: Make =
  ({ ops }) =>
  (x) =>
    ops.upsample2x(x);

const residuals = (count: number, channels: number, activation: Activation): readonly Make[] =>
  new Array<Make>(count).fill((scope, name) => residual(within(scope, name), channels, activation));

/** Three convolutions beside their input; the sum is made positive, whatever the activation between them is. */
const residual = <T>(scope: Scope<T>, channels: number, activation: Activation): Layer<T> => {
  const { ops } = scope;
  const change = [0, 2, 4]
    .map((i) => conv(scope, `conv.${i}`, { from: channels, to: channels, size: 3 }))
    .reduce((before, next) => (x) => ops.part(() => next(ops.activate(before(x), activation))));
  return (x) => ops.part(() => ops.activate(ops.add(change(x), x), 'relu'));
};
