import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../src/models/model.ts';
import { chooseBackend } from '../src/node/backend.ts';
import { loadModel } from '../src/node/loadModel.ts';
import { FASHION } from './checkpoints.ts';
import type { Subject } from './measure.ts';

/** An engine on a backend. With the ONNX engine the backend does what is left to do around the network. */
export type Lane = { readonly engine: 'onnx' | 'tfjs'; readonly backend: string };

export type OpenLane = Lane & {
  readonly model: Model;
  /** Makes the lane's backend the current one. */
  enter(): Promise<unknown>;
};

const BACKENDS = ['tfjs-node-gpu', 'tfjs-node', 'wasm'];

/** What can be measured on this machine, the fastest first, and in words why something cannot. */
export const findLanes = async (): Promise<{ lanes: readonly Lane[]; absent: readonly string[] }> => {
  const best = await chooseBackend();
  const candidates: Lane[] = [
    { engine: 'onnx', backend: best.name },
    ...BACKENDS.map((backend): Lane => ({ engine: 'tfjs', backend })),
  ];
  const lanes: Lane[] = [];
  const absent: string[] = [];
  for (const lane of candidates) {
    const fault = await faultOf(lane);
    if (fault === undefined) lanes.push(lane);
    else absent.push(`${laneName(lane)}: ${fault}`);
  }
  await chooseBackend();
  return { lanes, absent };
};

/** Opens a model in a lane. The caller disposes it. */
export const openLane = async (lane: Lane, folder: string): Promise<OpenLane> => {
  const enter = () => chooseBackend({ backend: lane.backend });
  await enter();
  const model = await loadModel(folder, { engine: lane.engine });
  if (model.engine === lane.engine) return { ...lane, model, enter };
  model.dispose();
  throw new Error(`asked for ${lane.engine}, got ${model.engine}`);
};

const faultOf = async (lane: Lane): Promise<string | undefined> => {
  try {
    (await openLane(lane, FASHION)).model.dispose();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

export const laneName = ({ engine, backend }: Lane): string => (engine === 'onnx' ? 'onnx' : `tfjs ${backend}`);

/** Engine and backend, for the record. */
export const laneFacts = ({ engine, backend }: Lane): string => `${engine}, ${backend}`;

/** Opens models, works with them, and disposes them. */
export async function* withLanes<Item>(
  open: Promise<readonly OpenLane[]>,
  work: (lanes: readonly OpenLane[]) => AsyncGenerator<Item>,
): AsyncGenerator<Item> {
  const lanes = await open;
  try {
    yield* work(lanes);
  } finally {
    for (const { model } of lanes) model.dispose();
  }
}

/** Network calls on a batch, one after another, as many as a return takes. */
export const networkSubject = (
  { model, enter }: OpenLane,
  { batch, calls }: { batch: number; calls: number },
): Subject => ({
  prepare: enter,
  async run() {
    const x = tf.zeros([batch, ...model.imageShape]) as tf.Tensor4D;
    for (let call = 0; call < calls; call += 1) {
      const output = await model.predictAsync(x, 400);
      if (call === calls - 1) await output.data();
      output.dispose();
    }
    x.dispose();
  },
});
