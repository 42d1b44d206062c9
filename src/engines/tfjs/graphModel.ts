import type { GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from '../../errors.ts';
import type { Port } from '../../networks/binding.ts';
import { supplyEinsum } from './einsum.ts';
import { type ForeignModel, ioArtifacts, loadFault, type ModelArtifacts, openSizes } from './foreignModel.ts';
import { checkGraph, type GraphNode } from './graphOps.ts';
import { mayBeAbsent, optionalPackage } from './optionalPackage.ts';
import { guardWasmMemory } from './wasmMemory.ts';

type Converter = Pick<typeof import('@tensorflow/tfjs-converter'), 'loadGraphModelSync'>;

/**
 * Loads a graph model, after a proof that the current backend can run it.
 *
 * @param load Imports the converter.
 * @throws CheckpointError `bad-graph`, `missing-tensor`, `unknown-operation`, `unsupported-operation`, `bad-model`.
 * @throws EnvironmentError `out-of-memory`, `missing-package`, `no-kernel`. Nothing is left allocated after a failure.
 */
export const loadGraphModel = async (
  artifacts: ModelArtifacts,
  load: () => Promise<Converter> = () => import('@tensorflow/tfjs-converter').catch(mayBeAbsent),
): Promise<ForeignModel> => {
  const converter = await optionalPackage('@tensorflow/tfjs-converter', load);
  supplyEinsum();
  guardWasmMemory();
  const nodes = readNodes(artifacts);
  checkGraph(nodes, knownOperations(converter, nodes));
  checkConstants(nodes, artifacts);
  const model = loadWhole(converter, artifacts);
  let isDisposed = false;
  return {
    ports: portsOf(model, artifacts),
    execute: (inputs, output) => model.execute(inputs, output) as tf.Tensor,
    dispose: () => {
      if (!isDisposed) model.dispose();
      isDisposed = true;
    },
  };
};

const readNodes = ({ topology, name }: ModelArtifacts): readonly GraphNode[] => {
  const { node: nodes } = topology;
  const isNode = (node: GraphNode): boolean => typeof node?.name === 'string' && typeof node.op === 'string';
  if (Array.isArray(nodes) && nodes.length > 0 && nodes.every(isNode)) return nodes;
  throw new CheckpointError(
    'bad-graph',
    `the graph of ${name} has no nodes with names and operations; convert it again`,
  );
};

/**
 * The converter has no list of its operations to show, but its parsed graph marks the known ones, those that the user
 * registered included, with a category.
 */
const knownOperations = (converter: Converter, nodes: readonly GraphNode[]): ((op: string) => boolean) => {
  const operations = [...new Set(nodes.map(({ op }) => op))];
  const modelTopology = { node: operations.map((op) => ({ name: op, op })), versions: {} };
  const probe = converter.loadGraphModelSync({ modelTopology, weightSpecs: [], weightData: new ArrayBuffer(0) });
  const { executor } = probe as unknown as {
    readonly executor: { readonly graph: { readonly nodes: Readonly<Record<string, { readonly category?: string }>> } };
  };
  return (op) => executor.graph.nodes[op]?.category !== undefined;
};

const checkConstants = (nodes: readonly GraphNode[], { weightSpecs }: ModelArtifacts): void => {
  const stored = new Set(weightSpecs.map(({ name }) => name));
  const absent = nodes.find(({ name, op }) => op === 'Const' && !stored.has(name));
  if (absent === undefined) return;
  const rule = `the weights manifest has no ${absent.name}, which the graph takes`;
  throw new CheckpointError('missing-tensor', `${rule}; convert the model again`);
};

/** In a tidy that lets the weights through: if the converter throws, those uploaded already are freed. */
const loadWhole = (converter: Converter, artifacts: ModelArtifacts): GraphModel => {
  let model: GraphModel | undefined;
  try {
    tf.tidy(() => {
      const { modelTopology, ...rest } = ioArtifacts(artifacts);
      const topology = { versions: {}, ...modelTopology };
      model = converter.loadGraphModelSync({ ...rest, modelTopology: topology }) as unknown as GraphModel;
      return Object.values(model.weights).flat();
    });
  } catch (cause) {
    throw loadFault(artifacts.name, cause);
  }
  return model as GraphModel;
};

type SignatureEntry = {
  readonly name?: string;
  readonly tensorShape?: {
    readonly unknownRank?: boolean;
    readonly dim?: readonly { readonly size?: string | number }[];
  };
};
type Signature = Readonly<Record<'inputs' | 'outputs', Readonly<Record<string, SignatureEntry>> | undefined>>;

const portsOf = (model: GraphModel, { json }: ModelArtifacts): ForeignModel['ports'] => {
  const signature = (model.modelSignature ?? json['signature'] ?? {}) as Signature;
  const ports = (side: 'inputs' | 'outputs'): Port[] =>
    model[side].map(({ name, shape, dtype }) => {
      const entry = Object.entries(signature[side] ?? {}).find(([, { name: node }]) => node?.split(':')[0] === name);
      const sizes = entry?.[1].tensorShape?.dim?.map(({ size }) => Number(size ?? 0));
      return {
        name,
        ...(entry ? { alias: entry[0] } : {}),
        shape: openSizes(shape ?? sizes),
        isInteger: dtype === 'int32',
      };
    });
  return { inputs: ports('inputs'), outputs: ports('outputs') };
};
