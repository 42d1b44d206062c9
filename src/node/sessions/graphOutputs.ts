import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { SessionOutput } from './feeds.ts';
import type { GraphFacts } from './graphFacts.ts';
import { reordered } from './layout.ts';

/**
 * What a session answered, in the order that is wanted, maps as NHWC.
 *
 * @throws Error where an output has other than `rows` rows.
 */
export const graphOutputs = (
  results: InferenceSession.ReturnType,
  { outputs, layout }: GraphFacts,
  rows: number,
): readonly SessionOutput[] =>
  outputs.map((name) => {
    const { dims, data } = results[name] as Tensor & { readonly data: Float32Array };
    if (dims[0] !== rows) throw new Error(`the output "${name}" has ${dims[0]} rows for ${rows} of the inputs`);
    if (dims.length !== 4 || layout === 'nhwc') return { data, shape: dims };
    const [, channels = 0, height = 0, width = 0] = dims;
    const shape = [rows, height, width, channels] as const;
    return { data: reordered(data, shape, 'nhwc'), shape };
  });
