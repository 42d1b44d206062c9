import { expect } from 'chai';
import { CheckpointError } from '../../src/errors.ts';
import { bindPorts, type Port, type PortNames } from '../../src/networks/binding.ts';

const port = (name: string, shape: Port['shape'], isInteger = false): Port => ({ name, shape, isInteger });
const image = port('x', [undefined, 8, 6, 3]);
const time = port('t', [undefined], true);
const label = port('y', [undefined], true);
const output = port('noise', [undefined, 8, 6, 3]);

const NAMED: PortNames = { inputs: { image: 'x', time: 't' }, imageShape: [8, 6, 3] };

describe('binding of ports', () => {
  it('needs no names where there is no doubt', () => {
    expect(bindPorts({ inputs: [time, image], outputs: [output] }, {}, 'net')).to.deep.equal({
      image,
      time,
      output,
      layout: 'NHWC',
      imageShape: [8, 6, 3],
      outChannels: 3,
      isOneByOne: false,
    });
  });

  it('goes by names, or by their aliases', () => {
    const aliased = { ...image, alias: 'serving_x' };
    const names = { inputs: { image: 'serving_x', time: 't', label: 'y' }, output: 'noise' };
    const other = port('features', [undefined, 32]);
    const bound = bindPorts({ inputs: [time, aliased, label], outputs: [other, output] }, names, 'net');
    expect([bound.image.name, bound.time.name, bound.label?.name, bound.output.name]).to.deep.equal([
      'x',
      't',
      'y',
      'noise',
    ]);
  });

  it('reads images whose channels come first', () => {
    const ports = { inputs: [port('x', [undefined, 3, 8, 6]), time], outputs: [port('noise', [undefined, 4, 8, 6])] };
    const bound = bindPorts(ports, { layout: 'NCHW' }, 'net');
    expect(bound.imageShape).to.deep.equal([8, 6, 3]);
    expect(bound.outChannels).to.equal(4);
  });

  for (const [sizes, given, layout] of [
    [[3, 8, 6], undefined, 'NCHW'],
    [[1, 28, 28], undefined, 'NCHW'],
    [[6, 64, 64], undefined, 'NCHW'],
    [[4, 5, 5], undefined, 'NCHW'],
    [[3, undefined, undefined], [16, 8, 3], 'NCHW'],
    [[3, 8, 8], [8, 8, 3], 'NCHW'],
    [[4, 8, 4], [8, 4, 4], 'NCHW'],
    [[8, 6, 3], undefined, 'NHWC'],
    [[64, 64, 8], undefined, 'NHWC'],
    [[undefined, undefined, 1], [16, 8, 1], 'NHWC'],
    [[4, 8, 4], [4, 8, 4], 'NHWC'],
  ] as const) {
    it(`understands [${sizes.map((size) => size ?? '?')}] as ${layout}${given ? `, images being [${given}]` : ''}`, () => {
      const ports = { inputs: [port('x', [undefined, ...sizes]), time], outputs: [port('noise', undefined)] };
      const bound = bindPorts(ports, given ? { imageShape: given } : {}, 'net');
      expect(bound.layout).to.equal(layout);
      const [a, b, c] = sizes;
      expect(bound.imageShape).to.deep.equal(given ?? (layout === 'NHWC' ? [a, b, c] : [b, c, a]));
    });
  }

  it('understands what is open in its input from its output', () => {
    const open = [undefined, undefined, undefined, undefined];
    const ports = { inputs: [port('x', open), time], outputs: [port('noise', [undefined, 3, 16, 16])] };
    expect(bindPorts(ports, { imageShape: [16, 16, 3] }, 'net').layout).to.equal('NCHW');
  });

  it('says once that it took channels to come first', () => {
    const said: string[] = [];
    const { warn } = console;
    console.warn = (line: string) => said.push(line);
    try {
      const ports = { inputs: [port('x', [undefined, 3, 8, 6]), time], outputs: [port('noise', undefined)] };
      for (let i = 0; i < 2; i += 1) bindPorts(ports, {}, 'net that is bound twice');
    } finally {
      console.warn = warn;
    }
    expect(said).to.have.lengthOf(1);
    expect(said[0]).to.include('net that is bound twice').and.include('"layout": "NHWC"');
  });

  it('takes the shape of images from the description where the network takes any', () => {
    const ports = {
      inputs: [port('x', [undefined, undefined, undefined, 3]), time],
      outputs: [port('noise', undefined)],
    };
    expect(bindPorts(ports, { imageShape: [32, 16, 3] }, 'net')).to.deep.include({
      imageShape: [32, 16, 3],
      outChannels: 3,
    });
  });

  for (const [case_, inputs] of [
    ['a batch of 1', [port('x', [1, 8, 6, 3]), time]],
    ['one timestep for all', [image, port('t', [], true)]],
    ['a timestep of length 1', [image, port('t', [1], true)]],
  ] as const) {
    it(`runs image by image for ${case_}`, () => {
      expect(bindPorts({ inputs, outputs: [output] }, {}, 'net').isOneByOne).to.equal(true);
    });
  }

  const refused: readonly (readonly [string, string, { inputs?: Port[]; outputs?: Port[] }, PortNames])[] = [
    ['three inputs without names', 'bad-inputs', { inputs: [image, time, label] }, {}],
    [
      'an input that is forgotten',
      'bad-inputs',
      { inputs: [image, time, label] },
      { inputs: { image: 'x', time: 't' } },
    ],
    ['a name that no input has', 'bad-inputs', {}, { inputs: { image: 'x', time: 'time' } }],
    ['names that are swapped', 'bad-inputs', {}, { inputs: { image: 't', time: 'x' } }],
    ['timesteps as wide rows', 'bad-inputs', { inputs: [image, port('t', [undefined, 128])] }, {}],
    ['batches of one other size', 'bad-inputs', { inputs: [port('x', [4, 8, 6, 3]), time] }, {}],
    ['two outputs without a name', 'bad-output', { outputs: [output, port('variance', undefined)] }, {}],
    ['a name that no output has', 'bad-output', {}, { output: 'epsilon' }],
    [
      'sizes of which each may be that of channels',
      'bad-layout',
      { inputs: [port('x', [undefined, 3, 3, 3]), time], outputs: [port('y', undefined)] },
      {},
    ],
    [
      'sizes that are all open',
      'bad-layout',
      { inputs: [port('x', undefined), time], outputs: [port('y', undefined)] },
      NAMED,
    ],
    ['images of any size', 'bad-image-shape', { inputs: [port('x', [undefined, undefined, 6, 3]), time] }, {}],
    ['images of another size than said', 'bad-image-shape', {}, { imageShape: [6, 8, 3] }],
  ];
  for (const [fault, code, ports, names] of refused) {
    it(`is refused for ${fault}, and says what there is`, () => {
      expect(() => bindPorts({ inputs: [image, time], outputs: [output], ...ports }, names, 'net'))
        .to.throw(CheckpointError, /net/)
        .with.property('code', code);
    });
  }
});
