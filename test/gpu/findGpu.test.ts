import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { EnvironmentError } from '../../src/errors.ts';
import { chooseDevice } from '../../src/node/gpu/chooseDevice.ts';
import { gpuDevices } from '../../src/node/gpu/devices.ts';
import { findGpu, type Sight } from '../../src/node/gpu/findGpu.ts';
import { hasVulkanLoader, leaveOutProcessors, vulkanDrivers } from '../../src/node/gpu/vulkan.ts';
import { scratchFolder } from '../support/scratch.ts';

const nvidia = { vendor: 'NVIDIA', name: 'NVIDIA L4' } as const;
const amd = { vendor: 'AMD', name: 'a GPU by AMD' } as const;
const driver = (serves: 'NVIDIA' | 'AMD' | 'processor') => ({ file: '/x.json', library: 'libx.so', serves });
const linux: Sight = { platform: 'linux', devices: [nvidia], drivers: [driver('NVIDIA')], hasLoader: true };

describe('findGpu', () => {
  const cases: readonly (readonly [string, Partial<Sight>, RegExp, RegExp?])[] = [
    ['a device, its driver and the loader', {}, /^NVIDIA L4$/],
    ['a second device that has a driver', { devices: [amd, nvidia] }, /^NVIDIA L4$/],
    ['no device', { devices: [] }, /no GPU is visible/],
    ['a driver for the processor only', { devices: [], drivers: [driver('processor')] }, /on the processor only/],
    [
      'a device and a driver for the processor only',
      { drivers: [driver('processor')] },
      /no driver.*L4/,
      /VK_DRIVER_FILES/,
    ],
    ["a device and another maker's driver", { devices: [amd] }, /no driver.*AMD/, /mesa-vulkan-drivers/],
    ['no loader', { hasLoader: false }, /loader is absent/, /libvulkan1/],
    ['macOS', { platform: 'darwin', devices: [] }, /^Metal$/],
    ['Windows', { platform: 'win32', devices: [] }, /^Direct3D$/],
  ];
  for (const [title, sight, said, remedy] of cases) {
    it(`says what it sees of ${title}`, () => {
      const found = findGpu({ ...linux, ...sight });
      expect('name' in found ? found.name : found.why).to.match(said);
      const mend = 'name' in found ? undefined : found.remedy;
      if (remedy === undefined) expect(mend).to.equal(undefined);
      else expect(mend).to.match(remedy);
    });
  }
});

describe('what a system shows of GPUs', () => {
  const path = scratchFolder();
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), text);
  };

  it('is nothing where there are none', () => expect(gpuDevices(path())).to.deep.equal([]));

  it("has the names of NVIDIA's, and the makers of others", () => {
    write('proc/driver/nvidia/gpus/0000:00:06.0/information', 'Model: \t\t NVIDIA H200\nIRQ:   41\n');
    write('dev/nvidia0', '');
    write('dev/nvidiactl', '');
    write('sys/class/drm/card0/device/vendor', '0x1002\n');
    write('sys/class/drm/card1/device/vendor', '0x10de\n');
    write('sys/class/drm/card0-HDMI-A-1/status', 'connected');
    expect(gpuDevices(path())).to.deep.equal([
      { vendor: 'NVIDIA', name: 'NVIDIA H200' },
      { vendor: 'AMD', name: 'a GPU by AMD' },
    ]);
  });

  it('knows drivers of Vulkan from folders, or those that the environment names instead', () => {
    const manifest = (library: string): string => JSON.stringify({ ICD: { library_path: library } });
    write('data/vulkan/icd.d/a.json', manifest('libGLX_nvidia.so.0'));
    write('data/vulkan/icd.d/b.json', manifest('libvulkan_radeon.so'));
    write('data/vulkan/icd.d/damaged.json', '{');
    write('lvp.json', manifest('/x/libvulkan_lvp.so'));
    const own = { XDG_CONFIG_HOME: path('none'), XDG_DATA_HOME: path('data'), XDG_DATA_DIRS: path('none') };
    expect(vulkanDrivers(own).map(({ serves }) => serves)).to.include.members(['NVIDIA', 'AMD']);
    const named = vulkanDrivers({ ...own, VK_DRIVER_FILES: `${path('lvp.json')}:${path('absent.json')}` });
    expect(named.map(({ serves }) => serves)).to.deep.equal(['processor']);
  });

  it('has the loader where the environment leads to it', () => {
    write('lib/libvulkan.so.1', '');
    expect(hasVulkanLoader({ LD_LIBRARY_PATH: path('lib') })).to.equal(true);
  });
});

describe('chooseDevice', () => {
  const runtime = { usable: true, version: '1.30.0', entry: '', devices: ['cpu', 'webgpu'] } as const;
  const there = () => ({ name: 'NVIDIA L4' });
  const nowhere = () => ({ why: 'no GPU is visible' });
  const { VK_LOADER_DRIVERS_DISABLE: before } = process.env;
  afterEach(() => {
    if (before === undefined) delete process.env['VK_LOADER_DRIVERS_DISABLE'];
    else process.env['VK_LOADER_DRIVERS_DISABLE'] = before;
  });

  it('leaves drivers for the processor out where it takes a GPU, unless the user says what to leave out', () => {
    for (const [said, wanted] of [
      [{}, /lvp.*swiftshader/],
      [{ VK_LOADER_DRIVERS_DISABLE: '' }, /^$/],
    ] as const) {
      const environment: NodeJS.ProcessEnv = { ...said };
      leaveOutProcessors(environment);
      expect(environment['VK_LOADER_DRIVERS_DISABLE']).to.match(wanted);
    }
    delete process.env['VK_LOADER_DRIVERS_DISABLE'];
    chooseDevice({}, runtime, nowhere);
    expect(process.env['VK_LOADER_DRIVERS_DISABLE']).to.equal(undefined);
    chooseDevice({}, runtime, there);
    expect(process.env['VK_LOADER_DRIVERS_DISABLE']).to.match(/lvp/);
  });

  for (const [title, options, look, wanted] of [
    ['auto with a GPU', {}, there, { device: 'webgpu', canRetreat: true }],
    ['auto without one', {}, nowhere, { device: 'cpu', canRetreat: false }],
    ['auto with sessions, which are for the processor', { sessions: 2 }, there, { device: 'cpu', canRetreat: false }],
    ['auto with threads', { device: 'auto', threads: 2 }, there, { device: 'cpu', canRetreat: false }],
    ['the processor by name', { device: 'cpu' }, there, { device: 'cpu', canRetreat: false }],
    ['WebGPU by name, whatever is seen', { device: 'webgpu' }, nowhere, { device: 'webgpu', canRetreat: false }],
  ] as const) {
    it(`takes for ${title}: ${wanted.device}`, () =>
      expect(chooseDevice(options, runtime, look)).to.deep.equal(wanted));
  }

  it('takes the processor for auto where the build has no WebGPU', () => {
    const old = { ...runtime, devices: ['cpu'] } as const;
    expect(chooseDevice({}, old, there).device).to.equal('cpu');
  });

  for (const [device, remedy] of [
    ['cuda', /ONNXRUNTIME_NODE_INSTALL=cuda12/],
    ['coreml', /macOS/],
    ['dml', /Windows/],
  ] as const) {
    it(`refuses ${device} where this build has none, with what to do`, () => {
      expect(() => chooseDevice({ device }, runtime, there))
        .to.throw(EnvironmentError, remedy)
        .with.property('code', 'no-device');
    });
  }

  it('refuses what is no device', () => {
    expect(() => chooseDevice({ device: 'gpu' as never }, runtime, there))
      .to.throw(/unknown device "gpu".*cpu.*webgpu/)
      .with.property('code', 'unknown-device');
  });
});
