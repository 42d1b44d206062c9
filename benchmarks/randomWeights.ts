import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { float32ToFloat16 } from '../src/checkpoints/halfFloat.ts';
import type { Initializer } from '../src/engines/onnx/protos.ts';
import type { Architecture } from '../src/networks/architecture.ts';
import { parameterShapes } from '../src/networks/parameterShapes.ts';
import { fillGaussian } from '../src/random.ts';

/** A network of a checkpoint: how fast it is does not depend on its weights. */
export type RandomPart = {
  /** Its folder in the checkpoint, such as `unet`. */
  readonly name: string;
  /** All that is stored in its file: an encoder and a decoder may lie side by side. */
  readonly architectures: readonly Architecture[];
  /** As its `config.json` says it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** @defaultValue the name that diffusers gives it */
  readonly file?: string;
};

export type StoredAs = 'F32' | 'F16';

/** As many different numbers are drawn, and stand in a tensor over and over: billions would take long to draw. */
const BLOCK = 65_536;
const BYTES: Readonly<Record<StoredAs, number>> = { F32: 4, F16: 2 };

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

/**
 * Writes the config and random weights of a network, tensor by tensor, so that memory does not hold them all.
 *
 * @param folder of the whole checkpoint.
 * @returns what a graph beside the file of weights calls them.
 */
export const writeRandomPart = async (
  folder: string,
  part: RandomPart,
  stored: StoredAs,
): Promise<Map<string, Initializer>> => {
  const { name, architectures, config, file = 'diffusion_pytorch_model.safetensors' } = part;
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'config.json'), JSON.stringify(config, null, 2));
  const shapes = new Map(architectures.flatMap((architecture) => [...parameterShapes(architecture)]));
  const start = header(shapes, stored);
  await writeFile(join(folder, name, file), fileOf(start, shapes, stored));
  const type = stored === 'F32' ? 'float32' : 'float16';
  let end = start.length;
  const places = [...shapes].map(([tensor, shape]): [string, Initializer] => {
    const [offset, length] = [end, sizeOf(shape) * BYTES[stored]];
    end += length;
    return [tensor, { type, shape, data: { location: file, offset, length } }];
  });
  return new Map(places);
};

type Shapes = ReadonlyMap<string, readonly number[]>;

function* fileOf(start: Uint8Array, shapes: Shapes, stored: StoredAs): Generator<Uint8Array> {
  yield start;
  for (const [name, shape] of shapes) {
    const block = randomBlock(name, shape, stored);
    for (let left = sizeOf(shape) * BYTES[stored]; left > 0; left -= block.length) {
      yield block.subarray(0, Math.min(left, block.length));
    }
  }
}

/** Length and header of a safetensors file. */
const header = (shapes: Shapes, dtype: StoredAs): Uint8Array => {
  let end = 0;
  const places = [...shapes].map(([name, shape]) => {
    const begin = end;
    end += sizeOf(shape) * BYTES[dtype];
    return [name, { dtype, shape, data_offsets: [begin, end] }];
  });
  const text = JSON.stringify(Object.fromEntries(places));
  const bytes = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const whole = new Uint8Array(8 + bytes.length);
  new DataView(whole.buffer).setBigUint64(0, BigInt(bytes.length), true);
  whole.set(bytes, 8);
  return whole;
};

/** Scaled so that activations stay finite: ones and small numbers for norms and biases, the rest by its inputs. */
const randomBlock = (name: string, shape: readonly number[], stored: StoredAs): Uint8Array => {
  const values = new Float32Array(Math.min(BLOCK, sizeOf(shape)));
  fillGaussian(['benchmark weights', name], values);
  const middle = /norm[^.]*\.weight$/.test(name) ? 1 : 0;
  const scale = shape.length === 1 ? 0.1 : 1 / Math.sqrt(sizeOf(shape.slice(1)));
  for (let i = 0; i < values.length; i += 1) values[i] = middle + scale * (values[i] ?? 0);
  return new Uint8Array(stored === 'F32' ? values.buffer : float32ToFloat16(values).buffer);
};
