import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type TensorProto } from 'onnx-buf';
import {
  attributeProto,
  ELEMENTS,
  type GraphPort,
  type Initializer,
  type NodeAttribute,
  tensorProto,
  valueInfo,
} from './protos.ts';

/** Collects the nodes of a graph. Values are known by name; names are given by the builder and never doubled. */
export type GraphBuilder = {
  /** What the graph computes in, but for its inputs and outputs. */
  readonly real: Real;
  /** Adds a node with one output and gives the output's name. Operators of ONNX Runtime's own start `com.microsoft.`. */
  node(operator: string, inputs: readonly string[], attributes?: Attributes): string;
  /** Gives a value the name of an output. */
  output(name: string, value: string): void;
  /** A constant under its own name, which must be new. */
  initializer(name: string, constant: Initializer): string;
  /** A small constant of 64-bit integers, such as a shape, by default of rank 1; equal ones are one. */
  integers(values: readonly number[], shape?: readonly number[]): string;
  /** A small constant, by default of what the graph computes in; equal ones are one. */
  floats(values: readonly number[], shape: readonly number[], type?: Real): string;
  /** The file: a ModelProto. */
  encode(face: GraphFace): Uint8Array;
};

export type Real = 'float32' | 'float16';

export type Attributes = Readonly<Record<string, NodeAttribute>>;

/** What a graph shows to the outside. */
export type GraphFace = {
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
  /** Version of this package. */
  readonly version: string;
  readonly metadata?: Readonly<Record<string, string>>;
};

const IR_VERSION = 10n; // the first for opset 21
const OPSET = 21n;
const OWN_DOMAIN = 'com.microsoft';

type Node = {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Attributes;
};

export const graphBuilder = (real: Real = 'float32'): GraphBuilder => {
  const nodes: Node[] = [];
  const constants = new Map<string, TensorProto>();
  const initializer: GraphBuilder['initializer'] = (name, constant) => {
    if (constants.has(name)) throw new Error(`the graph has two constants called ${name}`);
    constants.set(name, tensorProto(name, constant));
    return name;
  };
  const shared = (type: 'int64' | 'float32', values: readonly number[], shape: readonly number[]): string => {
    const name = `${type}[${shape}] ${values}`;
    if (constants.has(name)) return name;
    const array = type === 'int64' ? BigInt64Array.from(values, BigInt) : Float32Array.from(values);
    return initializer(name, { type, shape, data: new Uint8Array(array.buffer) });
  };
  const node: GraphBuilder['node'] = (operator, inputs, attributes = {}) => {
    const output = `${operator.split('.').at(-1)}_${nodes.length}`;
    nodes.push({ operator, inputs, output, attributes });
    return output;
  };
  const halves = new Map<string, string>();
  const half = (constant: string): string => {
    const known = halves.get(constant) ?? node('Cast', [constant], { to: { int: ELEMENTS.float16 } });
    halves.set(constant, known);
    return known;
  };
  return {
    real,
    initializer,
    integers: (values, shape = [values.length]) => shared('int64', values, shape),
    floats(values, shape, type = real) {
      const constant = shared('float32', values, shape);
      return type === 'float32' ? constant : half(constant); // folded when a session starts
    },
    node,
    output(name, value) {
      nodes.push({ operator: 'Identity', inputs: [value], output: name, attributes: {} }); // removed when a session starts
    },
    encode: (face) => encode(nodes, [...constants.values()], face),
  };
};

const encode = (nodes: readonly Node[], initializer: TensorProto[], face: GraphFace): Uint8Array => {
  const metadata = Object.entries(face.metadata ?? {});
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: 'tfjs-boomerang',
    producerVersion: face.version,
    opsetImport: [{ version: OPSET }, { domain: OWN_DOMAIN, version: 1n }],
    metadataProps: metadata.map(([key, value]) => ({ key, value })),
    graph: {
      name: 'network',
      node: nodes.map(({ operator, inputs, output, attributes }) => {
        const opType = operator.split('.').at(-1) ?? '';
        return {
          name: output,
          opType,
          domain: operator.slice(0, -opType.length - 1),
          input: [...inputs],
          output: [output],
          attribute: Object.entries(attributes).map(attributeProto),
        };
      }),
      initializer,
      input: face.inputs.map(valueInfo),
      output: face.outputs.map(valueInfo),
    },
  });
  return toBinary(ModelProtoSchema, model);
};
