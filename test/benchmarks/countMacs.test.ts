import { expect } from 'chai';
import { networkConfig } from '../../benchmarks/checkpoints.ts';
import { countingOps, countMacs } from '../../benchmarks/countMacs.ts';
import type { NetOps } from '../../src/networks/ops.ts';
import type { Shape } from '../../src/networks/shapeOps.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';

const counted = (work: (ops: NetOps<Shape>) => Shape): { shape: Shape; macs: number } => {
  let macs = 0;
  const shape = work(
    countingOps((more) => {
      macs += more;
    }),
  );
  return { shape, macs };
};

describe('countMacs', () => {
  it('counts a convolution as outputs times weights of one output', () => {
    const padded = { stride: 1, padding: [1, 1, 1, 1] } as const;
    expect(counted((ops) => ops.conv2d([2, 5, 6, 3], [7, 3, 3, 3], [7], padded))).to.deep.equal({
      shape: [2, 5, 6, 7],
      macs: 2 * 5 * 6 * 7 * 3 * 3 * 3,
    });
  });

  it('counts only the places where a filter with a stride and one-sided padding stands', () => {
    const strided = { stride: 2, padding: [0, 1, 0, 1] } as const;
    expect(counted((ops) => ops.conv2d([1, 8, 6, 4], [4, 4, 3, 3], [4], strided))).to.deep.equal({
      shape: [1, 4, 3, 4],
      macs: 4 * 3 * 4 * 4 * 9,
    });
  });

  it('counts a linear map as its weights for each vector', () => {
    expect(counted((ops) => ops.linear([3, 10], [20, 10], [20]))).to.deep.equal({ shape: [3, 20], macs: 600 });
  });

  it('counts the projections, scores and sums of attention', () => {
    const part = { weight: [6, 8], bias: [6] };
    const weights = { query: part, key: part, value: part, out: { weight: [8, 6], bias: [8] } };
    const { macs } = counted((ops) => ops.attention([2, 3, 4, 8], weights, { count: 3, dim: 2 }));
    const projections = 4 * 6 * 8 * 12;
    const products = 2 * 12 * 12 * 6; // 12 positions
    expect(macs).to.equal(2 * (projections + products));
  });

  it('counts a whole network by hand: two convolutions, an embedding and two residual blocks', () => {
    const config = parseUNet2DConfig({
      sample_size: 8,
      in_channels: 1,
      out_channels: 1,
      block_out_channels: [4],
      layers_per_block: 1,
      down_block_types: ['DownBlock2D'],
      up_block_types: ['UpBlock2D'],
      norm_num_groups: 2,
      add_attention: false,
    });
    const conv = (from: number, to: number, size = 3): number => 64 * from * to * size * size;
    const residual = (from: number): number =>
      conv(from, 4) + conv(4, 4) + 16 * 4 + (from === 4 ? 0 : conv(from, 4, 1));
    const embedding = 4 * 16 + 16 * 16;
    const way = residual(4) + 2 * residual(4) + 2 * residual(8); // down, middle, up with the states of the way down
    expect(countMacs(unet2d(config), { height: 8, width: 8 })).to.equal(conv(1, 4) + embedding + way + conv(4, 1));
  });

  it('agrees with what is published of ddpm-cifar10-32, 6.06 G without the products of attention', () => {
    const config = parseUNet2DConfig(networkConfig('cifar'));
    const products = 5 * 2 * 256 ** 2 * 256 + 2 * 16 ** 2 * 256; // five layers at 16 x 16 and one at 4 x 4
    expect((countMacs(unet2d(config), { height: 32, width: 32 }) - products) / 1e9).to.be.closeTo(6.06, 0.01);
  });
});
