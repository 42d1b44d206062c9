import { fromBinary } from '@bufbuild/protobuf';
import { expect } from 'chai';
import { type GraphProto, ModelProtoSchema } from 'onnx-buf';
import { networkGraph } from '../../src/engines/onnx/networkGraph.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { unet2dCondition } from '../../src/networks/unet2dCondition.ts';
import { parseUNet2DConditionConfig } from '../../src/networks/unet2dConditionConfig.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { webgpuFault } from '../../src/node/onnx/webgpuFault.ts';
import { inline } from '../engines/onnxRun.ts';
import { plain } from '../networks/configs.ts';
import { formulaWeights } from '../networks/formula.ts';
import { CONDITION_UNET } from '../support/latentPipeline.ts';

const told = unet2dCondition(parseUNet2DConditionConfig(CONDITION_UNET));
const nine = unet2d(parseUNet2DConfig({ ...plain, in_channels: 9 }));
const usual = unet2d(parseUNet2DConfig({ ...plain }));

const graphOf = (architecture: typeof told, isForGpu: boolean): GraphProto => {
  const weights = inline(formulaWeights(parameterShapes(architecture)));
  const sizes = { height: 8, width: 8, tokens: 5 };
  const bytes = networkGraph({ architecture, sizes, weights, version: '0', isForGpu });
  return fromBinary(ModelProtoSchema, bytes).graph as GraphProto;
};

describe('webgpuFault', () => {
  it('names fused attention', () => expect(webgpuFault(graphOf(told, false))).to.match(/MultiHeadAttention/));

  it('names convolutions of 9 channels', () =>
    expect(webgpuFault(graphOf(nine, false))).to.match(/convolution of 9 channels/));

  it('finds none in what is right', () => expect(webgpuFault(graphOf(usual, false))).to.equal(undefined));

  it('finds none in graphs for GPUs', () => {
    for (const architecture of [told, nine]) expect(webgpuFault(graphOf(architecture, true))).to.equal(undefined);
  });
});
