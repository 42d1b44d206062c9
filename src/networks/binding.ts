import { CheckpointError } from '../errors.ts';
import { inferLayout, inOrder, type Layout, type OpenSizes } from './imageLayout.ts';

/** An input or output of a network that somebody else wrote. */
export type Port = {
  readonly name: string;
  /** Another name for it, such as that in a signature. */
  readonly alias?: string;
  /** Sizes, undefined where any will do; undefined as a whole when the file does not say. */
  readonly shape: readonly (number | undefined)[] | undefined;
  readonly isInteger: boolean;
};

export type Ports = { readonly inputs: readonly Port[]; readonly outputs: readonly Port[] };

/** What the file of such a network leaves open; fields may be absent where there is no doubt. */
export type PortNames = {
  /** Names of inputs. Without it a network of two inputs is understood by their ranks. */
  readonly inputs?: { readonly image: string; readonly time: string; readonly label?: string };
  /** Name of the output. Without it the network must have only one. */
  readonly output?: string;
  /** Without it the layout is understood from the sizes of the images, where only one makes sense. */
  readonly layout?: Layout;
  /** Height, width, channels, for a network that takes any. */
  readonly imageShape?: readonly [height: number, width: number, channels: number];
};

type ImageShape = NonNullable<PortNames['imageShape']>;

/** Which port means what. */
export type Binding = {
  readonly image: Port;
  /** Rank 0, 1 or 2: one number for all images, `[N]` or `[N, 1]`. An integer port gets rounded timesteps. */
  readonly time: Port;
  readonly label?: Port;
  readonly output: Port;
  readonly layout: Layout;
  readonly imageShape: ImageShape;
  readonly outChannels: number;
  /** Whether the network takes one image at a time: its batch is 1, or all images share a timestep. */
  readonly isOneByOne: boolean;
};

/**
 * Finds out which input of a network is the image, which the timestep and which the label.
 *
 * @param name of the network, for messages.
 * @throws CheckpointError `bad-inputs`, `bad-output`, `bad-layout`, `bad-image-shape`; each lists what the network has.
 */
export const bindPorts = (ports: Ports, names: PortNames, name: string): Binding => {
  const { image, time, label } = bindInputs(ports.inputs, names.inputs, name);
  const output = bindOutput(ports.outputs, names.output, name);
  const [batch, ...shape] = image.shape ?? [];
  const sizes = [shape, output.shape?.length === 4 ? output.shape.slice(1) : []];
  const layout = names.layout ?? inferLayout(sizes, names.imageShape, name);
  const imageShape = settle(inOrder(shape, layout), names.imageShape, name);
  if (batch !== undefined && batch !== 1) {
    throw new CheckpointError('bad-inputs', `${name} takes batches of ${batch} images only; export it with any, or 1`);
  }
  const isOneByOne = batch === 1 || time.shape?.length === 0 || time.shape?.[0] === 1;
  const outChannels = output.shape?.[layout === 'NHWC' ? 3 : 1] ?? imageShape[2];
  return { image, time, ...(label ? { label } : {}), output, layout, imageShape, outChannels, isOneByOne };
};

type Bound = { readonly image: Port; readonly time: Port; readonly label?: Port };

const bindInputs = (inputs: readonly Port[], names: PortNames['inputs'], name: string): Bound => {
  const bound = names === undefined ? byRank(inputs) : byName(inputs, names, name);
  if (bound === undefined) {
    const example = '"inputs": { "image": "…", "time": "…" }';
    throw new CheckpointError('bad-inputs', `name the inputs of ${name}: ${example}; it has ${list(inputs)}`);
  }
  const forgotten = inputs.find((input) => !Object.values(bound).includes(input));
  if (forgotten !== undefined) {
    throw new CheckpointError('bad-inputs', `${name} needs ${list([forgotten])} as well; name it among its inputs`);
  }
  const { image, time, label } = bound;
  if (image.shape !== undefined && image.shape.length !== 4) throw badRank(name, image, 'of rank 4');
  for (const port of [time, ...(label ? [label] : [])]) {
    if (port.shape !== undefined && (port.shape.length > 2 || (port.shape[1] ?? 1) !== 1)) {
      throw badRank(name, port, 'a number for each image: [N] or [N, 1]');
    }
  }
  return bound;
};

/** With two inputs, one of rank 4 and one of a rank below 3, there is no doubt. */
const byRank = (inputs: readonly Port[]): Bound | undefined => {
  const image = inputs.find(({ shape }) => shape?.length === 4);
  const time = inputs.find(({ shape }) => shape !== undefined && shape.length < 3);
  return inputs.length === 2 && image && time ? { image, time } : undefined;
};

const byName = (inputs: readonly Port[], names: NonNullable<PortNames['inputs']>, name: string): Bound => {
  const port = (wanted: string): Port => {
    const found = inputs.find(isCalled(wanted));
    if (found !== undefined) return found;
    throw new CheckpointError('bad-inputs', `${name} has no input "${wanted}"; it has ${list(inputs)}`);
  };
  const { image, time, label } = names;
  return { image: port(image), time: port(time), ...(label === undefined ? {} : { label: port(label) }) };
};

const isCalled =
  (wanted: string) =>
  ({ name, alias }: Port): boolean =>
    name === wanted || alias === wanted;

const bindOutput = (outputs: readonly Port[], wanted: string | undefined, name: string): Port => {
  const [found, ...others] = wanted === undefined ? outputs : outputs.filter(isCalled(wanted));
  if (found !== undefined && others.length === 0) return found;
  const fault =
    wanted === undefined ? `name the output of ${name}: "output": "…"` : `${name} has no output "${wanted}"`;
  throw new CheckpointError('bad-output', `${fault}; it has ${list(outputs)}`);
};

/** The image's shape, from what the network says and what it is said to be. */
const settle = (own: OpenSizes, given: ImageShape | undefined, name: string): ImageShape => {
  const [height, width, channels] = own.map((size, axis) => size ?? given?.[axis]);
  if (height === undefined || width === undefined || channels === undefined) {
    const rule = `${name} takes images of any size`;
    throw new CheckpointError('bad-image-shape', `${rule}; say which it was trained on: "imageShape": [64, 64, 3]`);
  }
  const shape = [height, width, channels] as const;
  if (given === undefined || given.every((size, axis) => size === shape[axis])) return shape;
  const rule = `imageShape says [${given}], but the images of ${name} are [${shape}]`;
  throw new CheckpointError('bad-image-shape', `${rule} (height, width, channels); is its layout the other one?`);
};

const badRank = (name: string, port: Port, rule: string): CheckpointError =>
  new CheckpointError('bad-inputs', `${list([port])} of ${name} must be ${rule}; are its inputs confused?`);

const list = (ports: readonly Port[]): string =>
  ports.map(({ name, shape }) => `${name} [${shape?.map((size) => size ?? '?').join(', ') ?? '…'}]`).join(', ') ||
  'none';
