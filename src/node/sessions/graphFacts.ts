import type { InferenceSession } from 'onnxruntime-node';
import { CheckpointError } from '../../errors.ts';
import { type GraphInput, graphInput, type ImageLayout } from './graphInput.ts';

/**
 * What the inputs of graphs are for, and what they are called in this package's own: `x` a map, `timesteps`, `labels` and
 * `guidance` a number for each row, `embeddings` rows of tokens, `ids` the tokens of a text.
 */
const ROLES = ['x', 'timesteps', 'labels', 'embeddings', 'guidance', 'ids'] as const;

type Role = (typeof ROLES)[number];

/**
 * What a graph calls its inputs, by their role, where it does not call them so. Number types and sizes are read from
 * the graph.
 */
export type GraphNames = { readonly [role in Role]?: string } & {
  /** The outputs that are wanted, in this order. @defaultValue `output` where the graph has it, else all */
  readonly outputs?: readonly string[];
  /** How maps lie in the graph, going in and coming out; outside they are always NHWC. @defaultValue 'nhwc' */
  readonly layout?: ImageLayout;
};

/** What a graph says of itself. */
export type GraphFacts = {
  /** Each is fed with every call. */
  readonly inputs: readonly GraphInput[];
  /** Names of the outputs that a call answers with. */
  readonly outputs: readonly string[];
  readonly layout: ImageLayout;
  /** Whether the graph can take one row only: an input's batch size is fixed at 1, or it is one number for all rows. */
  readonly oneRow: boolean;
};

type Described = Pick<InferenceSession, 'inputMetadata' | 'outputMetadata'>;
type Values = readonly InferenceSession.ValueMetadata[];
type Tensor = Extract<InferenceSession.ValueMetadata, { isTensor: true }>;

/**
 * Reads what a session wants to be fed, and what it gives.
 *
 * @throws CheckpointError `bad-graph` when a name is not there, an input is left over, or a type or rank is not
 *   supported.
 */
export const graphFacts = ({ inputMetadata, outputMetadata }: Described, names: GraphNames): GraphFacts => {
  const { layout = 'nhwc' } = names;
  const inputs: GraphInput[] = [];
  const shapes: Tensor['shape'][] = [];
  for (const [role, name] of wantedInputs(inputMetadata, names)) {
    const found = tensor(inputMetadata, name, 'input');
    inputs.push(graphInput(role, found, layout));
    shapes.push(found.shape);
  }
  const spare = inputMetadata.find(({ name }) => !inputs.some((input) => input.name === name));
  if (spare) {
    const rule = `the graph also wants the input "${spare.name}", which nothing here can feed`;
    throw badGraph(`${rule}; fed are ${ROLES.join(', ')}; say which is which with \`inputs\``);
  }
  const outputs = wantedOutputs(outputMetadata, names);
  for (const name of outputs) checkOutput(tensor(outputMetadata, name, 'output'));
  return { inputs, outputs, layout, oneRow: shapes.some(([rows]) => rows === undefined || rows === 1) };
};

/** Roles and names: those that were said, and those that go by themselves. */
const wantedInputs = (inputs: Values, names: GraphNames): (readonly [role: Role, name: string])[] => {
  const said = ROLES.map((role) => names[role]);
  return ROLES.flatMap((role) => {
    const isThere = !said.includes(role) && inputs.some(({ name }) => name === role);
    const name = names[role] ?? (isThere ? role : undefined);
    return name === undefined ? [] : [[role, name] as const];
  });
};

const wantedOutputs = (outputs: Values, { outputs: said }: GraphNames): readonly string[] => {
  const all = outputs.map(({ name }) => name);
  return said ?? (all.includes('output') ? ['output'] : all);
};

const checkOutput = ({ name, type, shape }: Tensor): void => {
  if (type === 'float32' && shape.length >= 2 && shape.length <= 4) return;
  const rule = `the output "${name}" must be float32 of rank 2, 3 or 4, but is ${type} [${shape}]`;
  throw badGraph(`${rule}; name those that are wanted with \`outputs\``);
};

type Kind = 'input' | 'output';

const tensor = (values: Values, wanted: string, kind: Kind): Tensor => {
  const found = values.find(({ name }) => name === wanted);
  if (found?.isTensor) return found;
  const there = values.map(({ name }) => name).join(', ');
  throw badGraph(`the graph has no ${kind} "${wanted}"; it has: ${there}; say which is which with \`inputs\``);
};

const badGraph = (message: string): CheckpointError => new CheckpointError('bad-graph', message);
