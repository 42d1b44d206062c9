import { expect } from 'chai';
import { openDiffusers } from '../../src/checkpoints/diffusers.ts';
import type { Dtype, StoredTensor, TensorData } from '../../src/checkpoints/dtypes.ts';
import { countNotFinite, countNotFiniteBytes } from '../../src/checkpoints/finite.ts';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import { openTfjsFiles } from '../../src/checkpoints/tfjsModel.ts';
import { writeSafetensors } from '../../src/checkpoints/writeSafetensors.ts';
import { CheckpointError } from '../../src/errors.ts';
import { type ForeignFiles, folderOf, graphFiles, layersFiles } from '../support/foreignModels.ts';
import { rejection } from '../support/scratch.ts';

/** The same three values, one of them sound, as each type holds them. */
const STORED: readonly (readonly [Dtype, TensorData])[] = [
  ['F32', Float32Array.of(1, Number.NaN, Number.NEGATIVE_INFINITY)],
  ['F64', Float64Array.of(1, Number.NaN, 1e39)],
  ['F16', Uint16Array.of(0x3c00, 0x7e00, 0xfc00)],
  ['BF16', Uint16Array.of(0x3f80, 0xffc0, 0x7f80)],
  ['F8_E5M2', Uint8Array.of(0x3c, 0x7f, 0xfc)],
  ['F8_E4M3', Uint8Array.of(0x38, 0x7f, 0xff)],
];

const NETWORK = 'unet/diffusion_pytorch_model.safetensors';
const openWith = (tensors: Readonly<Record<string, StoredTensor>>) =>
  openDiffusers(
    memoryFolder(
      'somewhere',
      new Map([
        ['unet/config.json', new TextEncoder().encode('{"_class_name":"UNet2DModel"}')],
        [NETWORK, writeSafetensors(new Map(Object.entries(tensors)))],
      ]),
    ),
  );

describe('weights that are not finite', () => {
  for (const [dtype, data] of STORED) {
    it(`are counted in ${dtype}, aligned or not`, () => {
      const bytes = new Uint8Array(data.byteLength + 1);
      bytes.set(new Uint8Array(data.buffer), 1);
      expect(countNotFinite({ dtype, data })).to.equal(2);
      expect(countNotFiniteBytes(dtype, bytes.subarray(1))).to.equal(2);
    });

    it(`are refused in a safetensors file of ${dtype}, by tensor, number and file`, async () => {
      const sound: StoredTensor = { dtype: 'F32', shape: [1], data: Float32Array.of(1) };
      const error = await rejection(openWith({ sound, 'mid.bias': { dtype, shape: [3], data } }));
      expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'not-finite-weights');
      expect(error.message).to.match(/mid\.bias in unet\/diffusion_pytorch_model\.safetensors has 2 of 3 values/);
    });
  }

  it('leave the largest numbers of each type alone', () => {
    const largest: readonly (readonly [Dtype, TensorData])[] = [
      ['F32', Float32Array.of(3.4028234663852886e38, -0, 1e-45)],
      ['F64', Float64Array.of(3.4028234663852886e38)],
      ['F16', Uint16Array.of(0x7bff, 0xfbff, 0x8000)],
      ['BF16', Uint16Array.of(0x7f7f, 0x0001)],
      ['F8_E4M3', Uint8Array.of(0x7e, 0xfe)],
      ['I32', Int32Array.of(-1, 0x7f800000)],
    ];
    for (const [dtype, data] of largest) expect(countNotFinite({ dtype, data }), dtype).to.equal(0);
  });

  it('are refused in a model.json, as float32 and as float16', async () => {
    const damage = (files: ForeignFiles, at: number): ForeignFiles => {
      const bytes = (files.files.get('weights.bin') as Uint8Array).slice();
      bytes.set([0, 0, 0xc0, 0x7f], at);
      return { ...files, files: new Map([['weights.bin', bytes]]) };
    };
    const plain = await layersFiles();
    const error = await rejection(openTfjsFiles(folderOf(damage(plain, 8)), 'model.json'));
    expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'not-finite-weights');
    expect(error.message).to.match(/row\/kernel in foreign\/weights\.bin has 1 of 48 values/);
    const half = {
      json: {
        ...plain.json,
        weightsManifest: [
          {
            paths: ['weights.bin'],
            weights: [{ name: 'w', shape: [4], dtype: 'float32', quantization: { dtype: 'float16' } }],
          },
        ],
      },
      files: new Map([['weights.bin', new Uint8Array(Uint16Array.of(0, 0x7c00, 0x3c00, 0xfe00).buffer)]]),
    };
    expect((await rejection(openTfjsFiles(folderOf(half), 'model.json'))).message).to.match(/w in .* 2 of 4 values/);
  });

  it('are refused in the numbers by which a model.json spreads its steps, and in its topology', async () => {
    const damages = [
      ['"scale":0.5', '"scale":1e999', 'bad-weights-manifest'],
      ['"name":"mixed"', '"name":"mixed","bound":-Infinity', 'bad-config'],
    ] as const;
    for (const [was, is, code] of damages) {
      const { json, files } = graphFiles();
      const bytes = new TextEncoder().encode(JSON.stringify(json).replace(was, is));
      const folder = memoryFolder('foreign', new Map([['model.json', bytes], ...files]));
      expect(await rejection(openTfjsFiles(folder, 'model.json')), is).to.have.property('code', code);
    }
  });
});
