import { CheckpointError } from '../errors.ts';
import { DTYPES, type Dtype, isDtype } from './dtypes.ts';
import { type JsonTree, parseJsonTree } from './strictJson.ts';

/** Where a tensor lies: `begin` (inclusive) and `end` (exclusive) in bytes from the start of the file. */
export type TensorPlace = {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
};

export type SafetensorsHeader = {
  /** In the order of the header. */
  readonly tensors: ReadonlyMap<string, TensorPlace>;
  readonly metadata: ReadonlyMap<string, string>;
};

/** What the header says of one tensor, in bytes from the header's end; integers of 64 bits, as in the file. */
type Claim = { dtype: Dtype; shape: readonly bigint[]; begin: bigint; end: bigint };

const U64_MAX = 2n ** 64n - 1n;
const FIELDS = ['dtype', 'shape', 'data_offsets'];
const METADATA = '__metadata__';

/**
 * Reads and proves a header: exactly the files that safetensors 0.8.0 accepts pass, except that a doubled tensor name
 * is refused.
 *
 * @param text the header alone, without its eight bytes of length.
 * @param headerEnd where the data begin, in bytes from the start of the file.
 * @param fileLength length of the whole file in bytes.
 * @throws CheckpointError `bad-safetensors`.
 */
export const readHeader = (text: string, headerEnd: number, fileLength: number): SafetensorsHeader => {
  const root = readTree(text);
  if (root.kind !== 'object') throw bad(`the header must be an object, not ${shown(root)}`);
  const claims = new Map<string, Claim>();
  let metadata: ReadonlyMap<string, string> | undefined;
  for (const [name, value] of root.members) {
    if (name === METADATA ? metadata !== undefined : claims.has(name))
      throw bad(`"${name}" stands twice in the header`);
    if (name === METADATA) metadata = readMetadata(value);
    else claims.set(name, readClaim(name, value));
  }
  checkCover(claims, BigInt(fileLength - headerEnd));
  const place = ({ dtype, shape, begin, end }: Claim): TensorPlace => ({
    dtype,
    shape: shape.map(Number),
    begin: headerEnd + Number(begin),
    end: headerEnd + Number(end),
  });
  const tensors = new Map([...claims].map(([name, claim]) => [name, place(claim)]));
  return { tensors, metadata: metadata ?? new Map() };
};

export const bad = (rule: string, cause?: unknown): CheckpointError =>
  new CheckpointError('bad-safetensors', `not a sound safetensors file: ${rule}; fetch or save it again`, { cause });

const shown = (tree: JsonTree): string => ('text' in tree ? `${tree.kind} ${tree.text}` : `an ${tree.kind}`);

const readTree = (text: string): JsonTree => {
  try {
    return parseJsonTree(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw bad(`the header is not strict JSON (${reason.slice(0, 200)})`, cause);
  }
};

const readMetadata = (tree: JsonTree): ReadonlyMap<string, string> => {
  if (tree.kind === 'literal' && tree.text === 'null') return new Map();
  if (tree.kind !== 'object') throw bad(`${METADATA} must be an object of strings, not ${shown(tree)}`);
  const pairs = tree.members.map(([name, value]): [string, string] => {
    if (value.kind !== 'string') throw bad(`${METADATA} "${name}" must be a string, not ${shown(value)}`);
    return [name, value.text];
  });
  return new Map(pairs);
};

const readClaim = (name: string, tree: JsonTree): Claim => {
  const of = fieldsOf(name, tree);
  const [dtype, shape, offsets] = FIELDS.map((field) => {
    const value = of.get(field);
    if (value === undefined) throw bad(`tensor "${name}" has no ${field}`);
    return value;
  }) as [JsonTree, JsonTree, JsonTree];
  const [begin, end, ...more] = readIntegers(`data_offsets of tensor "${name}"`, offsets);
  if (begin === undefined || end === undefined || more.length > 0) throw bad(`tensor "${name}" needs two data_offsets`);
  return { dtype: readDtype(name, dtype), shape: readIntegers(`shape of tensor "${name}"`, shape), begin, end };
};

/** The reference takes the three fields as a list, too; unknown fields are passed over, even doubled ones. */
const fieldsOf = (name: string, tree: JsonTree): ReadonlyMap<string, JsonTree> => {
  if (tree.kind === 'array' && tree.items.length === FIELDS.length) {
    return new Map(tree.items.map((item, i) => [FIELDS[i] ?? '', item]));
  }
  if (tree.kind !== 'object') throw bad(`tensor "${name}" must be described by an object, not ${shown(tree)}`);
  const known = tree.members.filter(([field]) => FIELDS.includes(field));
  const fields = new Map(known);
  if (fields.size < known.length) throw bad(`tensor "${name}" has a field that stands twice`);
  return fields;
};

const readDtype = (name: string, tree: JsonTree): Dtype => {
  const [only, ...more] = tree.kind === 'object' ? tree.members : [];
  const isUnit = only?.[1].kind === 'literal' && only[1].text === 'null' && more.length === 0;
  const dtype = isUnit ? only[0] : tree.kind === 'string' ? tree.text : ''; // {"F32": null} is a spelling of "F32"
  if (isDtype(dtype)) return dtype;
  throw bad(`tensor "${name}" has the unknown dtype ${shown(tree)}; known: ${Object.keys(DTYPES).join(', ')}`);
};

const readIntegers = (what: string, tree: JsonTree): readonly bigint[] => {
  if (tree.kind !== 'array') throw bad(`${what} must be a list, not ${shown(tree)}`);
  return tree.items.map((item) => {
    const value = item.kind === 'number' && /^\d+$/.test(item.text) ? BigInt(item.text) : -1n;
    if (value < 0n || value > U64_MAX) throw bad(`${what} must hold integers from 0 to 2^64 - 1, not ${shown(item)}`);
    return value;
  });
};

/** The tensors, in the order of their offsets, must fill the data without a hole, an overlap or a rest. */
const checkCover = (claims: ReadonlyMap<string, Claim>, dataLength: bigint): void => {
  const order = (a: bigint, b: bigint): number => Number(a > b) - Number(a < b);
  const sorted = [...claims].sort(([, a], [, b]) => order(a.begin, b.begin) || order(a.end, b.end));
  let reached = 0n;
  for (const [name, { dtype, shape, begin, end }] of sorted) {
    if (begin !== reached || end < begin) {
      throw bad(`tensor "${name}" lies at bytes ${begin} to ${end} of the data, but must start at ${reached}`);
    }
    const bits = [...shape, BigInt(DTYPES[dtype].bits)].reduce((product, size) => {
      if (product * size > U64_MAX) throw bad(`tensor "${name}" of shape [${shape}] overflows 64 bits`);
      return product * size;
    }, 1n);
    if (bits !== (end - begin) * 8n) {
      throw bad(`tensor "${name}" (${dtype} [${shape}]) takes ${bits} bits, but has ${end - begin} bytes`);
    }
    reached = end;
  }
  if (reached !== dataLength) throw bad(`the tensors cover ${reached} bytes, but ${dataLength} follow the header`);
};
