import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as Location,
  type TensorProto,
  TensorProtoSchema,
  TensorProto_DataType as Type,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';

/** The element types of the graphs that are written here. */
export const ELEMENTS = {
  float32: Type.FLOAT,
  float16: Type.FLOAT16,
  bfloat16: Type.BFLOAT16,
  float64: Type.DOUBLE,
  int64: Type.INT64,
  int32: Type.INT32,
  int8: Type.INT8,
  uint8: Type.UINT8,
} as const;

export type ElementType = keyof typeof ELEMENTS;

/** A constant of a graph: its bytes, little-endian in C order, or the part of a file in the graph's folder that holds them. */
export type Initializer = {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: Uint8Array<ArrayBuffer> | ExternalData;
};

/** A part of a file beside the graph; `offset` and `length` in bytes. */
export type ExternalData = { readonly location: string; readonly offset: number; readonly length: number };

/** An input or output; a text in the shape names a size that is not known before it runs. */
export type GraphPort = {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
};

/** An attribute of a node; a plain number would not say whether it is an integer. */
export type NodeAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string };

type AttributeFields = MessageInitShape<typeof AttributeProtoSchema>;

const attributeFields = (attribute: NodeAttribute): AttributeFields => {
  if ('int' in attribute) return { type: AttributeType.INT, i: BigInt(attribute.int) };
  if ('ints' in attribute) return { type: AttributeType.INTS, ints: attribute.ints.map(BigInt) };
  if ('float' in attribute) return { type: AttributeType.FLOAT, f: attribute.float };
  return { type: AttributeType.STRING, s: new TextEncoder().encode(attribute.text) };
};

export const attributeProto = ([name, attribute]: readonly [string, NodeAttribute]): AttributeProto =>
  create(AttributeProtoSchema, { name, ...attributeFields(attribute) });

export const tensorProto = (name: string, { type, shape, data }: Initializer): TensorProto => {
  const head = { name, dataType: ELEMENTS[type], dims: shape.map(BigInt) };
  if (data instanceof Uint8Array) return create(TensorProtoSchema, { ...head, rawData: data });
  const externalData = Object.entries(data).map(([key, value]) => ({ key, value: String(value) }));
  return create(TensorProtoSchema, { ...head, dataLocation: Location.EXTERNAL, externalData });
};

export const valueInfo = ({ name, type, shape }: GraphPort): ValueInfoProto => {
  const dim = shape.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  const tensorType = { elemType: ELEMENTS[type], shape: { dim } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensorType } } });
};
