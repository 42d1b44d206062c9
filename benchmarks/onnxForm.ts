import type { InferenceSession } from 'onnxruntime-node';
import type { GraphBuilder } from '../src/engines/onnx/graph.ts';
import { onnxOps } from '../src/engines/onnx/ops.ts';
import type { Value } from '../src/engines/onnx/value.ts';
import type { NetOps } from '../src/networks/ops.ts';

/** Another form of some operations, or another setting of the session, than those in use. */
export type Form = {
  readonly ops?: (graph: GraphBuilder) => NetOps<Value>;
  readonly session?: InferenceSession.SessionOptions;
};

export const withOps = (change: (graph: GraphBuilder) => Partial<NetOps<Value>>): Form => ({
  ops: (graph) => ({ ...onnxOps(graph), ...change(graph) }),
});
