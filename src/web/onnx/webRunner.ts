import * as tf from '@tensorflow/tfjs-core';
import type * as Onnx from 'onnxruntime-web';
import type { NamedTensors } from '../../engines/tfjs/network.ts';
import { ArgumentError, EnvironmentError } from '../../errors.ts';
import type { NetworkRunner } from '../../models/networkRunner.ts';
import type { Architecture } from '../../networks/architecture.ts';
import type { Device } from './device.ts';
import type { Runtime } from './runtime.ts';
import { inTurn } from './turns.ts';

export type WebSession = {
  readonly runtime: Runtime;
  readonly session: Onnx.InferenceSession;
  readonly device: Device;
  readonly architecture: Architecture;
  /** Those that are wanted. */
  readonly outputs: readonly string[];
  /** Images that go through at once, at most. */
  readonly maxBatch: number;
};

/**
 * Runs a network in a session of onnxruntime-web, which it owns. There is no answer without waiting: `run` refuses as a
 * backend does that cannot be read at once.
 */
export const webRunner = (own: WebSession): NetworkRunner => {
  let isDisposed = false;
  return {
    engine: 'onnx',
    device: own.device,
    run() {
      const remedy = 'use predictAsync, boomerang or dataset.mapAsync(augment.async), or the engine "tfjs"';
      throw new ArgumentError('needs-async', `ONNX Runtime cannot answer without waiting in a browser; ${remedy}`);
    },
    async runAsync(inputs) {
      const given = Object.entries(inputs).map(([name, tensor]) => ({
        name,
        shape: tensor.shape,
        data: tensor.data(),
      }));
      const rows: Rows[] = [];
      for (const { name, shape, data } of given) rows.push({ name, shape, values: await data }); // it may be disposed of meanwhile
      const parts: Part[] = [];
      for (let at = 0; at < countOf(rows); at += own.maxBatch) {
        const some = rows.map((row) => rowsOf(row, at, own.maxBatch));
        parts.push(
          await inTurn(async () => {
            if (isDisposed) throw new ArgumentError('model-disposed', 'this model was disposed before it had answered');
            return answer(own, some);
          }),
        );
      }
      return joined(parts, own.outputs);
    },
    dispose() {
      if (!isDisposed) void inTurn(() => own.session.release());
      isDisposed = true;
    },
  };
};

/** Values of one input, row after row; the shape has the rows in front. */
type Rows = { readonly name: string; readonly shape: readonly number[]; readonly values: Values };
type Values = Float32Array | Int32Array | Uint8Array;

/** What came of some rows, by the name of the output. */
type Part = ReadonlyMap<string, { readonly dims: readonly number[]; readonly data: Float32Array }>;

const countOf = ([first]: readonly Rows[]): number => first?.shape[0] ?? 0;

const rowsOf = ({ name, shape: [count = 0, ...row], values }: Rows, at: number, most: number): Rows => {
  const size = row.reduce((product, length) => product * length, 1);
  const end = Math.min(count, at + most);
  return { name, shape: [end - at, ...row], values: values.slice(at * size, end * size) };
};

const answer = async (
  { runtime, session, architecture, outputs }: WebSession,
  rows: readonly Rows[],
): Promise<Part> => {
  const feeds = rows.map(({ name, shape, values }) => {
    const kind = architecture.inputs[name]?.kind;
    const isWhole = kind === 'index' || kind === 'indices';
    const tensor = isWhole
      ? new runtime.Tensor(
          'int64',
          BigInt64Array.from(values, (value) => BigInt(Math.round(value))),
          shape,
        )
      : new runtime.Tensor('float32', Float32Array.from(values), shape);
    return [name, tensor] as const;
  });
  try {
    const results = await session.run(Object.fromEntries(feeds), [...outputs]);
    return new Map(outputs.map((name) => [name, results[name] as unknown as { dims: number[]; data: Float32Array }]));
  } catch (error) {
    throw failed(error, countOf(rows));
  }
};

const failed = (cause: unknown, count: number): EnvironmentError => {
  const said = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
  if (/bad_?\s?alloc|out of memory|memory access out of bounds|failed to allocate/i.test(said)) {
    const remedy = 'open it for smaller images ({ imageSize: 256 }), or take a smaller model';
    return new EnvironmentError('out-of-memory', `there is no memory for ${count} images (${said}); ${remedy}`, {
      cause,
    });
  }
  return new EnvironmentError('graph-failed', `ONNX Runtime could not run the network: ${said}`, { cause });
};

const joined = (parts: readonly Part[], outputs: readonly string[]): NamedTensors =>
  Object.fromEntries(
    outputs.map((name) => {
      const tensors = parts.map((part) => {
        const { dims, data } = part.get(name) ?? { dims: [0], data: [] };
        return tf.tensor(data, [...dims]);
      });
      return [name, tensors.length === 1 ? tensors[0] : tf.tidy(() => tf.concat(tensors))] as [string, tf.Tensor];
    }),
  );
