import { create, createFileRegistry, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  type FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';

type Field = MessageInitShape<typeof FieldDescriptorProtoSchema>;
const many = (name: string, type: Type): Field => ({ name, number: 1, type, label: Label.REPEATED });
const message = (name: string, number: number, typeName: string): Field => ({
  name,
  number,
  type: Type.MESSAGE,
  typeName,
});

/** What TensorFlow calls `tf.train.Example`. @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/example */
const FILE = create(FileDescriptorProtoSchema, {
  name: 'tensorflow/core/example/example.proto',
  package: 'tensorflow',
  syntax: 'proto3',
  messageType: [
    { name: 'BytesList', field: [many('value', Type.BYTES)] },
    { name: 'FloatList', field: [many('value', Type.FLOAT)] },
    { name: 'Int64List', field: [many('value', Type.INT64)] },
    {
      name: 'Feature',
      field: [
        { ...message('bytes_list', 1, '.tensorflow.BytesList'), oneofIndex: 0 },
        { ...message('float_list', 2, '.tensorflow.FloatList'), oneofIndex: 0 },
        { ...message('int64_list', 3, '.tensorflow.Int64List'), oneofIndex: 0 },
      ],
      oneofDecl: [{ name: 'kind' }],
    },
    {
      name: 'Features',
      field: [{ ...many('feature', Type.MESSAGE), typeName: '.tensorflow.Features.FeatureEntry' }],
      nestedType: [
        {
          name: 'FeatureEntry',
          field: [{ name: 'key', number: 1, type: Type.STRING }, message('value', 2, '.tensorflow.Feature')],
          options: { mapEntry: true },
        },
      ],
    },
    { name: 'Example', field: [message('features', 1, '.tensorflow.Features')] },
  ],
});

/** It is built here, since no package that is kept up has it. */
const EXAMPLE = createFileRegistry(FILE, () => undefined).getMessage('tensorflow.Example') as DescMessage;

/** What a feature holds: bytes, or a text, one of them; or numbers. */
export type Feature =
  | Uint8Array
  | string
  | { readonly integers: readonly number[] }
  | { readonly floats: readonly number[] };

/** A `tf.train.Example` in bytes; features lie in the order of their names, so that equal ones give equal bytes. */
export const exampleBytes = (features: Readonly<Record<string, Feature>>): Uint8Array => {
  const names = Object.keys(features).sort();
  const feature = Object.fromEntries(names.map((name) => [name, { kind: kindOf(features[name] as Feature) }]));
  return toBinary(EXAMPLE, create(EXAMPLE, { features: { feature } }));
};

const kindOf = (feature: Feature) => {
  if (typeof feature === 'string') return bytesList(Buffer.from(feature, 'utf8'));
  if (feature instanceof Uint8Array) return bytesList(feature);
  if ('floats' in feature) return { case: 'floatList', value: { value: feature.floats } };
  return { case: 'int64List', value: { value: feature.integers.map(BigInt) } };
};

const bytesList = (bytes: Uint8Array) => ({ case: 'bytesList', value: { value: [bytes] } });
