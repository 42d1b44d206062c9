import { writeFileSync } from 'node:fs';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  type GraphProtoSchema,
  ModelProtoSchema,
  TensorProto_DataType as Type,
} from 'onnx-buf';

export type ConvGraph = {
  /** Residual convolutions between the first and the last. @defaultValue 2 */
  readonly depth?: number;
  /** @defaultValue 8 */
  readonly width?: number;
  /** Channels of images. @defaultValue 1 */
  readonly channels?: number;
  /** Channels of the output. @defaultValue `channels` */
  readonly outChannels?: number;
  /** Whether there is an input `labels`. @defaultValue true */
  readonly conditional?: boolean;
  /** Names, types and layout as other people's files have them: `sample`, `timestep` (one int64), NCHW. */
  readonly foreign?: boolean;
};

type Graph = MessageInitShape<typeof GraphProtoSchema>;
type Nodes = NonNullable<Graph['node']>;
type Node = Exclude<Nodes[number], { $typeName: string }>;

const node = (opType: string, input: string[], output: string): Node => ({ opType, input, output: [output] });

const int = (name: string, i: number) => ({ name, type: AttributeProto_AttributeType.INT, i: BigInt(i) });

/**
 * Writes a small convolutional network whose rows do not see each other: convolutions and SiLU over `x`, and to that
 * `0.001 * timestep`, and from a table of ten `0.1 * label`.
 */
export const writeConvGraph = (path: string, options: ConvGraph = {}): string => {
  const graph = convGraph({ depth: 2, width: 8, channels: 1, conditional: true, foreign: false, ...options });
  const model = create(ModelProtoSchema, { irVersion: 10n, opsetImport: [{ domain: '', version: 21n }], graph });
  writeFileSync(path, toBinary(ModelProtoSchema, model));
  return path;
};

const convGraph = (options: Required<Omit<ConvGraph, 'outChannels'>> & Pick<ConvGraph, 'outChannels'>): Graph => {
  const { depth, width, channels, outChannels = channels, conditional, foreign } = options;
  const [x, timesteps, output] = foreign ? ['sample', 'timestep', 'out_sample'] : ['x', 'timesteps', 'output'];
  const layers = Array.from({ length: depth + 2 }, (_, n) => ({
    from: n === 0 ? channels : width,
    to: n === depth + 1 ? outChannels : width,
    name: `conv${n}`,
  }));
  const numbers = foreign ? [] : ['N'];
  const image = (count: number): (string | number)[] => (foreign ? ['N', count, 'H', 'W'] : ['N', 'H', 'W', count]);
  return {
    name: 'conv',
    input: [
      value(x, Type.FLOAT, image(channels)),
      value(timesteps, foreign ? Type.INT64 : Type.FLOAT, numbers),
      ...(conditional ? [value('labels', Type.INT64, ['N'])] : []),
    ],
    output: [value(output, Type.FLOAT, image(outChannels))],
    initializer: [
      ...layers.map(({ from, to, name }) => weights(name, [to, from, 3, 3])),
      { name: 'column', dataType: Type.INT64, dims: [4n], int64Data: [-1n, 1n, 1n, 1n] },
      { name: 'perTimestep', dataType: Type.FLOAT, dims: [], floatData: [0.001] },
      ...(conditional ? [labelTable] : []),
    ],
    node: [
      foreign ? node('Identity', [x], 'start') : transpose(x, 'start', [0, 3, 1, 2]),
      ...layers.flatMap((layer, n) => convolution(layer.name, n, layers.length)),
      { ...node('Cast', [timesteps], 'time'), attribute: [int('to', Type.FLOAT)] },
      node('Mul', ['time', 'perTimestep'], 'time.scaled'),
      node('Reshape', ['time.scaled', 'column'], 'time.offset'),
      node('Add', [`conv${layers.length - 1}.out`, 'time.offset'], 'late'),
      ...(conditional ? labelling : []),
      foreign
        ? node('Identity', [conditional ? 'end' : 'late'], output)
        : transpose(conditional ? 'end' : 'late', output, [0, 2, 3, 1]),
    ],
  };
};

const convolution = (name: string, n: number, count: number): Nodes => {
  const input = n === 0 ? 'start' : `conv${n - 1}.out`;
  const ints = [1n, 1n, 1n, 1n];
  const attribute = [{ name: 'pads', type: AttributeProto_AttributeType.INTS, ints }];
  if (n === count - 1) return [{ opType: 'Conv', input: [input, name], output: [`${name}.out`], attribute }];
  return [
    { opType: 'Conv', input: [input, name], output: [`${name}.raw`], attribute },
    node('Sigmoid', [`${name}.raw`], `${name}.gate`),
    node('Mul', [`${name}.raw`, `${name}.gate`], `${name}.out`),
  ];
};

const labelTable = {
  name: 'perLabel',
  dataType: Type.FLOAT,
  dims: [10n],
  floatData: Array.from({ length: 10 }, (_, n) => n / 10),
};

const labelling: Nodes = [
  node('Gather', ['perLabel', 'labels'], 'label.value'),
  node('Reshape', ['label.value', 'column'], 'label.offset'),
  node('Add', ['late', 'label.offset'], 'end'),
];

const transpose = (input: string, output: string, perm: readonly number[]): Node => ({
  ...node('Transpose', [input], output),
  attribute: [{ name: 'perm', type: AttributeProto_AttributeType.INTS, ints: perm.map(BigInt) }],
});

const value = (name: string, elemType: Type, dims: readonly (string | number)[]) => ({
  name,
  type: {
    value: {
      case: 'tensorType' as const,
      value: {
        elemType,
        shape: {
          dim: dims.map((dim) => ({
            value:
              typeof dim === 'number'
                ? { case: 'dimValue' as const, value: BigInt(dim) }
                : { case: 'dimParam' as const, value: dim },
          })),
        },
      },
    },
  },
});

/** Weights that keep the scale of what passes through; no two alike. */
const weights = (name: string, dims: readonly number[]) => {
  const count = dims.reduce((a, b) => a * b, 1);
  const scale = Math.sqrt(3 / (count / (dims[0] ?? 1)));
  const floatData = Array.from({ length: count }, (_, n) => scale * Math.cos(n * 2.399 + name.length));
  return { name, dataType: Type.FLOAT, dims: dims.map(BigInt), floatData };
};
